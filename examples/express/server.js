// A webhook server for a Vapi assistant, with Express: it answers every message
// that wants an answer, and runs the two tools of a restaurant's assistant.
import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import express from 'express'

const secret = process.env.VAPI_SERVER_SECRET
const port = Number(process.env.PORT ?? 3000)

const app = express()
app.use('/vapi/webhook', checkSecret)
app.use(express.json({ limit: '50mb' })) // a long call's messages run to many megabytes

app.post('/vapi/webhook', (req, res) => {
  const message = req.body?.message
  if (!message) return res.status(400).json({ error: 'the body has no message' })
  if (message.type === 'voice-request') {
    return res.type('application/octet-stream').send(silence(message.sampleRate))
  }
  res.json(replyTo(message))
})

function replyTo(message) {
  switch (message.type) {
    case 'assistant-request': // within 7.5 seconds, or the call fails
      return { assistant }
    case 'tool-calls':
      return { results: message.toolCallList.map(resultOf) } // in the order of the calls
    case 'transfer-destination-request':
      return { destination: { type: 'number', number: '+14155550123', message: 'I am putting you through.' } }
    case 'handoff-destination-request':
      return { destination: { type: 'assistant', assistantName: 'Events' } }
    case 'knowledge-base-request':
      return { documents: [{ content: 'We are open from 11:00 to 23:00.', similarity: 0.9, uuid: 'opening-hours' }] }
    case 'call.endpointing.request':
      return { timeoutSeconds: 0.5 }
    case 'campaign.predial':
      return { eligible: true }
    case 'status-update':
      console.error('call %j is %j', message.call?.id, message.status)
      return {}
    case 'end-of-call-report':
      console.error('call %j ended: %j', message.call?.id, message.endedReason)
      return {}
    // Vapi waits for no answer to these.
    case 'assistant.speechStarted': case 'assistant.started': case 'call.artifact.upload': case 'call.delete.failed':
    case 'call.deleted': case 'chat.created': case 'chat.deleted': case 'conversation-update': case 'hang':
    case 'language-change-detected': case 'language-changed': case 'model-output': case 'phone-call-control':
    case 'session.created': case 'session.deleted': case 'session.updated': case 'speech-update': case 'transcript':
    case 'transfer-update': case 'user-interrupted': case 'voice-input':
      return {}
    default: // new types appear: say so, and let the call go on
      console.error('unknown message type: %j', message.type)
      return {}
  }
}

const assistant = {
  name: 'Corner Table',
  firstMessage: 'Corner Table, how can I help?',
  model: {
    provider: 'openai',
    model: 'gpt-4.1',
    messages: [{ role: 'system', content: 'You answer the phone of the restaurant Corner Table. Be brief.' }],
    tools: [
      functionTool('get_weather', 'The weather in a city now.', { city: { type: 'string' } }),
      functionTool('book_table', 'Books a table for tonight.', {
        people: { type: 'integer' },
        time: { type: 'string' }
      })
    ]
  },
  voice: { provider: 'vapi', voiceId: 'Elliot' }
}

function functionTool(name, description, properties) {
  const parameters = { type: 'object', properties, required: Object.keys(properties) }
  return { type: 'function', function: { name, description, parameters } }
}

// A call is flat or OpenAI-shaped, its arguments an object or a string of JSON.
function resultOf(call) {
  const { name, arguments: args, parameters } = call.function ?? call
  const given = args ?? parameters ?? {}
  try {
    const result = runTool(name, typeof given === 'string' ? JSON.parse(given) : given)
    return { toolCallId: call.id, name, result: oneLine(result) }
  } catch (err) {
    return { toolCallId: call.id, name, error: oneLine(err.message) }
  }
}

function runTool(name, { city, people, time }) {
  switch (name) {
    case 'get_weather':
      if (!city) throw new Error('get_weather needs a city')
      return `12 degrees and cloudy in ${city}`
    case 'book_table':
      if (!people || !time) throw new Error('book_table needs people and time')
      return `A table for ${people} is booked at ${time}.`
    default:
      throw new Error(`there is no tool called ${name}`)
  }
}

// Vapi wants each result as a string without line breaks.
function oneLine(text) {
  return text.split(/\s+/).join(' ').trim()
}

// A fifth of a second of 16-bit mono PCM, where a voice would be.
function silence(sampleRate) {
  const rate = Math.min(Math.max(Number(sampleRate) || 24000, 8000), 48000)
  return Buffer.alloc(2 * Math.floor(rate / 5))
}

function checkSecret(req, res, next) {
  const digest = (text) => createHash('sha256').update(text).digest()
  if (secret && !timingSafeEqual(digest(req.get('X-Vapi-Secret') ?? ''), digest(secret))) {
    return res.status(401).json({ error: 'X-Vapi-Secret is not the secret of this server' })
  }
  next()
}

// A custom LLM (model.provider "custom-llm", model.url this server) that says
// what it heard, a word at a time.
app.post('/chat/completions', (req, res) => {
  const { messages = [], model = 'echo' } = req.body ?? {}
  const heard = messages.findLast((m) => m.role === 'user')?.content ?? 'nothing'
  const id = `chatcmpl-${randomUUID()}`
  const created = Math.floor(Date.now() / 1000)

  res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' })
  const send = (delta, finish_reason = null) => {
    const choices = [{ index: 0, delta, finish_reason }]
    res.write(`data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created, model, choices })}\n\n`)
  }
  send({ role: 'assistant', content: '' })
  for (const content of `You said: ${heard}`.split(/(?<= )/)) send({ content })
  send({}, 'stop')
  res.end('data: [DONE]\n\n')
})

const server = app.listen(port, '127.0.0.1', (err) => {
  if (err) throw err
  console.log(`listening on http://localhost:${server.address().port}/vapi/webhook`)
})
