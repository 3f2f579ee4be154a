"""A webhook server for a Vapi assistant, with Flask: it answers every message
that wants an answer, and runs the two tools of a restaurant's assistant."""

import hmac
import json
import os
import re
import time
import uuid

from flask import Flask, Response, request
from werkzeug.serving import make_server

SECRET = os.environ.get("VAPI_SERVER_SECRET", "")
PORT = int(os.environ.get("PORT", "3000"))

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 50 << 20  # a long call's messages run to many megabytes

# Vapi waits for no answer to these.
TOLD = {
    "assistant.speechStarted", "assistant.started", "call.artifact.upload", "call.delete.failed", "call.deleted",
    "chat.created", "chat.deleted", "conversation-update", "hang", "language-change-detected", "language-changed",
    "model-output", "phone-call-control", "session.created", "session.deleted", "session.updated", "speech-update",
    "transcript", "transfer-update", "user-interrupted", "voice-input",
}


@app.post("/vapi/webhook")
def webhook():
    body = request.get_data()  # all of it, even if it is refused: closing on unread bytes can lose the reply
    if SECRET and not hmac.compare_digest(request.headers.get("X-Vapi-Secret", "").encode(), SECRET.encode()):
        return {"error": "X-Vapi-Secret is not the secret of this server"}, 401
    try:
        message = json.loads(body)["message"]
        kind = message["type"]
    except (ValueError, KeyError, TypeError):
        return {"error": "the body has no message"}, 400
    if kind == "voice-request":
        return Response(silence(message.get("sampleRate")), mimetype="application/octet-stream")
    return reply_to(kind, message)


def reply_to(kind, message):
    call_id = (message.get("call") or {}).get("id")
    if kind == "assistant-request":  # within 7.5 seconds, or the call fails
        return {"assistant": ASSISTANT}
    if kind == "tool-calls":
        return {"results": [result_of(call) for call in message["toolCallList"]]}  # in the order of the calls
    if kind == "transfer-destination-request":
        return {"destination": {"type": "number", "number": "+14155550123", "message": "I am putting you through."}}
    if kind == "handoff-destination-request":
        return {"destination": {"type": "assistant", "assistantName": "Events"}}
    if kind == "knowledge-base-request":
        hours = {"content": "We are open from 11:00 to 23:00.", "similarity": 0.9, "uuid": "opening-hours"}
        return {"documents": [hours]}
    if kind == "call.endpointing.request":
        return {"timeoutSeconds": 0.5}
    if kind == "campaign.predial":
        return {"eligible": True}
    if kind == "status-update":
        app.logger.warning("call %r is %r", call_id, message.get("status"))
    elif kind == "end-of-call-report":
        app.logger.warning("call %r ended: %r", call_id, message.get("endedReason"))
    elif kind not in TOLD:  # new types appear: say so, and let the call go on
        app.logger.warning("unknown message type: %r", kind)
    return {}


def function_tool(name, description, properties):
    parameters = {"type": "object", "properties": properties, "required": list(properties)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


ASSISTANT = {
    "name": "Corner Table",
    "firstMessage": "Corner Table, how can I help?",
    "model": {
        "provider": "openai",
        "model": "gpt-4.1",
        "messages": [
            {"role": "system", "content": "You answer the phone of the restaurant Corner Table. Be brief."},
        ],
        "tools": [
            function_tool("get_weather", "The weather in a city now.", {"city": {"type": "string"}}),
            function_tool(
                "book_table", "Books a table for tonight.", {"people": {"type": "integer"}, "time": {"type": "string"}}
            ),
        ],
    },
    "voice": {"provider": "vapi", "voiceId": "Elliot"},
}


def result_of(call):
    """A call is flat or OpenAI-shaped, its arguments an object or a string of JSON."""
    function = call.get("function") or call
    name = function.get("name")
    given = function.get("arguments") or function.get("parameters") or {}
    try:
        result = run_tool(name, json.loads(given) if isinstance(given, str) else given)
        return {"toolCallId": call["id"], "name": name, "result": one_line(result)}
    except Exception as err:  # whatever went wrong, the assistant has to say something
        return {"toolCallId": call["id"], "name": name, "error": one_line(str(err))}


def run_tool(name, arguments):
    if name == "get_weather":
        if not arguments.get("city"):
            raise ValueError("get_weather needs a city")
        return f"12 degrees and cloudy in {arguments['city']}"
    if name == "book_table":
        if not arguments.get("people") or not arguments.get("time"):
            raise ValueError("book_table needs people and time")
        return f"A table for {arguments['people']} is booked at {arguments['time']}."
    raise ValueError(f"there is no tool called {name}")


def one_line(text):
    """Vapi wants each result as a string without line breaks."""
    return " ".join(text.split())


def silence(sample_rate):
    """A fifth of a second of 16-bit mono PCM, where a voice would be."""
    rate = min(max(int(sample_rate or 24000), 8000), 48000)
    return bytes(2 * (rate // 5))


@app.post("/chat/completions")
def chat_completions():
    """A custom LLM (model.provider "custom-llm", model.url this server) that
    says what it heard, a word at a time."""
    asked = request.get_json()
    heard = [m["content"] for m in asked.get("messages", []) if m["role"] == "user"] or ["nothing"]
    chunk = {
        "id": f"chatcmpl-{uuid.uuid4()}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": asked.get("model", "echo"),
    }

    def event(delta, finish_reason=None):
        choices = [{"index": 0, "delta": delta, "finish_reason": finish_reason}]
        return f"data: {json.dumps({**chunk, 'choices': choices})}\n\n"

    def stream():
        yield event({"role": "assistant", "content": ""})
        for words in re.split("(?<= )", f"You said: {heard[-1]}"):
            yield event({"content": words})
        yield event({}, "stop")
        yield "data: [DONE]\n\n"

    return Response(stream(), mimetype="text/event-stream", headers={"Cache-Control": "no-cache"})


if __name__ == "__main__":
    server = make_server("127.0.0.1", PORT, app, threaded=True)
    print(f"listening on http://localhost:{server.port}/vapi/webhook", flush=True)
    server.serve_forever()
