// A generator exported as a component, made into an ES module by jco:
//   ganglion export runs/vae --format wasm --component --out generator.component.wasm
//   node component.mjs
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { transpileBytes } from '@bytecodealliance/jco-transpile'

const { files } = await transpileBytes(await readFile('generator.component.wasm'), { name: 'generator' })
for (const [name, bytes] of Object.entries(files)) {
  await mkdir(dirname(`component/${name}`), { recursive: true })
  await writeFile(`component/${name}`, bytes)
}

const { codes, decode, generate, info } = await import('./component/generator.js')
const pictures = generate(1n, 4)
const decoded = decode(codes(1n, 4))

/** What a result that is an error holds is thrown: the sentence. */
function refusal() {
  try {
    return decode(new Float32Array(3))
  } catch (error) {
    return error
  }
}

const same = decoded.every((x, i) => x === pictures[i])
console.log(JSON.stringify({ kind: JSON.parse(info()).kind, pictures: Array.from(pictures), same, refusal: refusal() }))
