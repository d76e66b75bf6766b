// JPEG by mozjpeg (libjpeg-turbo's slow, exact DCT, in integers), as jSquash compiles it. Turned as the Exif data say.
import mozjpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js'
import { wasm } from '../wasm/jpeg.generated.ts'
import { type Decoder, emscripten, type Pixels } from './host.ts'

/** What is said of files that are whole, though not as the standard has them. */
const HARMLESS = /extraneous bytes before marker|^$/

export async function decoder(): Promise<Decoder> {
  const said: string[] = []
  const start = await emscripten(mozjpeg, wasm, (text) => said.push(text))
  let module = await start()
  return async (bytes) => {
    said.length = 0
    try {
      const pixels = module.decode(bytes, true) as Pixels | null
      // It goes on after damage, with grey pixels, and says so.
      const warning = said.find((text) => !HARMLESS.test(text))
      if (warning !== undefined) throw new Error(warning)
      return pixels
    } catch (cause) {
      // What it reserved is lost, and it may be at any place.
      module = await start()
      throw new Error(said.at(-1) ?? (cause as Error).message, { cause })
    }
  }
}
