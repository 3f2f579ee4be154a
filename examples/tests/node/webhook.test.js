// Run by: node --test
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { server } from './webhook.js'

const folder = new URL('fixtures/', import.meta.url)

before(() => new Promise((listening) => server.listen(0, '127.0.0.1', listening)))
after(() => server.close())

for (const file of readdirSync(folder)) {
  test(file, async () => {
    const { request, response } = JSON.parse(readFileSync(new URL(file, folder)))

    const url = `http://127.0.0.1:${server.address().port}${request.path}`
    const reply = await fetch(url, { method: request.method, body: JSON.stringify(request.body) })
    assert.deepEqual({ status: reply.status, body: await reply.json() }, { status: response.status, body: response.body })
  })
}
