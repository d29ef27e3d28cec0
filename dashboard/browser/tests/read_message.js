// Reads a live message from standard input; writes what it says as JSON, and the message encoded again to a file.

import { readFileSync, writeFileSync } from "node:fs"
import { decode, encode } from "../protocol.js"

const raw = readFileSync(0)
const message = decode(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength))
writeFileSync(process.argv[2], new Uint8Array(encode(message)))
/** @type {(key: string, value: unknown) => unknown} */
const plain = (_key, value) => (value instanceof Float32Array ? [...value] : value)
process.stdout.write(JSON.stringify(message, plain))
