// Unpacks an inlined core: base64 of raw deflate, by what the runtime itself has. Node's zlib is there in 2.5 ms, and a fresh
// Node's DecompressionStream in 11 to 23; pages and their workers have only the latter.
import { GanglionError } from '../errors.ts'
import { builtin } from '../host.ts'

/**
 * The bytes that `text` is base64 of raw deflate of.
 * @throws GanglionError where the runtime can inflate nothing
 */
export async function inflate(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const [zlib, buffer] = [builtin('zlib'), builtin('buffer')]
  if (zlib && buffer) return zlib.inflateRawSync(buffer.Buffer.from(text, 'base64'))
  if (typeof DecompressionStream !== 'function') throw new GanglionError(MISSING)
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  const stream = new Blob([packed]).stream().pipeThrough(rawInflater())
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

const MISSING = "the core cannot be unpacked here: this engine has no DecompressionStream('deflate-raw'); use Chrome 103, " +
  "Firefox 113, Safari 16.4 or newer, or give the core as a file, createRuntime({ core: new URL('…/ganglion.wasm') })"

function rawInflater(): DecompressionStream {
  try {
    return new DecompressionStream('deflate-raw')
  } catch (cause) {
    // Engines that know only deflate with a header and gzip.
    throw new GanglionError(MISSING, { cause })
  }
}
