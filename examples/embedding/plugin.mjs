// A generator exported as an Extism plugin, in Node:
//   ganglion export runs/vae --format wasm --extism --out generator.plugin.wasm
//   node plugin.mjs
import { readFile } from 'node:fs/promises'
import createPlugin from '@extism/extism'

const plugin = await createPlugin({ wasm: [{ data: await readFile('generator.plugin.wasm') }] }, { useWasi: false })

/** The seed, 64 bits, and the count, 32 bits. */
function seedAndCount(seed, count) {
  const bytes = new DataView(new ArrayBuffer(12))
  bytes.setBigUint64(0, BigInt(seed), true)
  bytes.setUint32(8, count, true)
  return new Uint8Array(bytes.buffer)
}
const floats = (output) => new Float32Array(output.bytes().slice().buffer)

const pictures = floats(await plugin.call('generate', seedAndCount(1, 4)))
const codes = (await plugin.call('codes', seedAndCount(1, 4))).bytes().slice()
const decoded = floats(await plugin.call('decode', codes))
const refusal = await plugin.call('decode', new Uint8Array(5)).then(() => undefined, (error) => error.message)
const { kind } = (await plugin.call('info')).json()
await plugin.close()

console.log(JSON.stringify({ kind, pictures: Array.from(pictures), same: decoded.every((x, i) => x === pictures[i]), refusal }))
