// The cores that the package carries: the deterministic one for one thread in the default entry, each of the others in a
// module of its own, loaded when asked for. They are kept packed (tools/pack.mjs): two fifths less to download.
import { core as deterministic } from './core.generated.ts'
import type { Precision } from './runtime.ts'
import { unpacker } from './unpacker.generated.ts'

export type { Precision }

interface Unpacker {
  memory: { buffer: ArrayBuffer }
  unpack(): number
}
/** Where assembly/unpack.ts looks for the text, and where it puts the bytes. */
const TEXT = 0x8000
const OUT = 0x10000

/** The wasm binary for a precision, with a memory of its own or for a shared one, for vectors of 128 bits or of 256. */
export async function coreBytes(precision: Precision, shared: boolean, wide = false): Promise<Uint8Array<ArrayBuffer>> {
  const which = (precision === 'relaxed' ? 4 : 0) + (wide ? 2 : 0) + (shared ? 1 : 0)
  const load = which && (await import('./others.ts')).others[which - 1]
  return unpacked(load ? (await load()).core : deterministic)
}

/**
 * A core's bytes, unpacked by a module of its own (assembly/unpack.ts): 3 ms of Node 24's start less than base64 and zlib,
 * which must be loaded first, and a ninth less to download.
 */
function unpacked(text: string): Uint8Array<ArrayBuffer> {
  const module = new WebAssembly.Module(Uint8Array.from(atob(unpacker), (character) => character.charCodeAt(0)))
  const { memory, unpack } = new WebAssembly.Instance(module).exports as unknown as Unpacker
  new TextEncoder().encodeInto(text, new Uint8Array(memory.buffer, TEXT))
  return new Uint8Array(memory.buffer, OUT, unpack() - OUT)
}
