// An exported generator and the raw core in an edge worker (Cloudflare's and others'), which takes modules and compiles no bytes.
import { instantiateSync } from '@assemblyscript/loader'
import coreModule from 'ganglion/ganglion.wasm'
import generatorModule from './generator.wasm'

const { exports: model } = instantiateSync(generatorModule)
const { exports: core } = instantiateSync(coreModule)

export default {
  /** `?seed=1&count=2`: pictures as 32-bit floats. `/tanh?x=0.5`: what the raw core's kernel makes of a number. */
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname === '/tanh') return new Response(String(tanh(Number(searchParams.get('x')))))
    const text = new Uint8Array(model.memory.buffer, model.info())
    const { imageShape } = JSON.parse(new TextDecoder().decode(text.slice(0, text.indexOf(0))))
    const [seed, count] = ['seed', 'count'].map((name) => Number(searchParams.get(name) ?? 1))
    const bytes = imageShape.reduce((n, d) => n * d, count * 4)
    const address = model.generate(seed % 2 ** 32, Math.floor(seed / 2 ** 32), count)
    return new Response(new Uint8Array(model.memory.buffer, address, bytes).slice())
  },
}

function tanh(x) {
  const at = core.heapBase()
  new Float32Array(core.memory.buffer, at, 1).set([x])
  new Uint32Array(core.memory.buffer, at + 8, 3).set([at, at + 4, 1])
  core.tanh_f32(at + 8, 0, 1)
  return new Float32Array(core.memory.buffer, at + 4, 1)[0]
}
