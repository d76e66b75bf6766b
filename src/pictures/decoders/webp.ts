// WebP by libwebp, as jSquash compiles it.
import webp from '@jsquash/webp/codec/dec/webp_dec.js'
import { wasm } from '../wasm/webp.generated.ts'
import { type Decoder, emscripten, type Pixels } from './host.ts'

export async function decoder(): Promise<Decoder> {
  const start = await emscripten(webp, wasm, () => {})
  let module = await start()
  return async (bytes) => {
    try {
      return module.decode(bytes) as Pixels | null
    } catch (cause) {
      module = await start()
      throw cause
    }
  }
}
