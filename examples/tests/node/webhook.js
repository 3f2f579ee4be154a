// A small webhook server for a Vapi assistant with one tool.
import { createServer } from 'node:http'

export const server = createServer(async (req, res) => {
  let text = ''
  for await (const chunk of req) text += chunk
  const { message } = JSON.parse(text)
  const results = (message.toolCallList ?? []).map((call) => ({
    toolCallId: call.id,
    result: `12 degrees and cloudy in ${call.function.arguments.city}`
  }))
  res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ results }))
})
