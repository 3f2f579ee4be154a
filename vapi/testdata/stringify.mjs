// For each line of standard input, which is a JSON text in base64, writes one
// line: what JSON.stringify gives for it, as a JSON string; null where the text
// is no JSON. Run by the tests: they record what it says in stringify.jsonl.
import { createInterface } from "node:readline";

const decoder = new TextDecoder("utf-8"); // drops a byte order mark, as web servers do

for await (const line of createInterface({ input: process.stdin })) {
  let written = null;
  try {
    written = JSON.stringify(JSON.parse(decoder.decode(Buffer.from(line, "base64"))));
  } catch {}
  process.stdout.write(JSON.stringify(written) + "\n");
}
