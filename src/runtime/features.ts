// What this engine can do, asked of the engine itself: each proposal by validating a tiny module that needs it.
// Pure: it starts nothing, and works in every runtime.
import { NO_WASM } from './compile_core.ts'
import { type Feature, no, yes } from './feature.ts'
import { workersAllowed, workersExist } from '../host.ts'
import { isA } from '../tag.ts'
import { wideVectors } from './wide.ts'

export interface Features {
  /** 128-bit SIMD: required. */
  readonly simd: Feature
  /** Relaxed SIMD, fused multiply-add among it: faster, and not the same bits on every machine. */
  readonly relaxedSimd: Feature
  /** Vectors of 256 bits, made of two of 128: faster, and the same bits. */
  readonly wideVectors: Feature
  /** Shared memory, atomics and workers, which training on several threads takes; and a thread that may wait for others. */
  readonly threads: Feature
}

/** The header of a wasm module, `\0asm` version 1, and its type section: one function type () → (v128). */
const VECTOR = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0]

// Functions, so that bundlers leave out the lists where nothing asks.
/** i32.const 0, i8x16.splat (fd 0f), i8x16.popcnt (fd 62): the last opcodes that SIMD got. */
const SIMD = () => [...VECTOR, 10, 10, 1, 8, 0, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x62, 0x0b]

/** i32.const 1, i8x16.splat, i32.const 2, i8x16.splat, i8x16.relaxed_swizzle (fd 80 02). */
const RELAXED = () => [...VECTOR, 10, 15, 1, 13, 0, 0x41, 1, 0xfd, 0x0f, 0x41, 2, 0xfd, 0x0f, 0xfd, 0x80, 2, 0x0b]

/** A function () → () over a shared memory of one page: i32.const 0, i32.atomic.load (fe 10, align 2, offset 0), drop. */
const ATOMICS = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 5, 4, 1, 3, 1, 1,
  10, 11, 1, 9, 0, 0x41, 0, 0xfe, 0x10, 2, 0, 0x1a, 0x0b,
]

/**
 * SIMD, relaxed SIMD, wide vectors and threads: available or not, and why.
 * @example
 * if (!features().threads.available) console.log(features().threads.reason)
 */
export function features(): Features {
  return { simd: simd(), relaxedSimd: relaxedSimd(), wideVectors: wideVectors(), threads: threads() }
}

const hasEngine = (): boolean => typeof WebAssembly === 'object'
const valid = (bytes: readonly number[]): boolean => hasEngine() && WebAssembly.validate(Uint8Array.from(bytes))
function simd(): Feature {
  if (valid(SIMD())) return yes('every kernel uses it')
  if (!hasEngine()) return no(NO_WASM)
  return no('this engine does not know WebAssembly SIMD, which Ganglion needs; ' +
    'use Node 20.19, Chrome 91, Firefox 89, Safari 16.4 or newer')
}

/** Relaxed SIMD alone: asking for threads takes Node some milliseconds. */
export function relaxedSimd(): Feature {
  if (valid(RELAXED())) return yes('the engine knows it')
  if (!hasEngine()) return no(NO_WASM)
  const flag = '--experimental-wasm-relaxed-simd'
  // eslint-disable-next-line ganglion/determinism -- only to say why: it runs, and gives the same numbers, without it
  const node = (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node
  if (node && Number.parseInt(node) < 21) return no(`Node ${node} has it behind the flag ${flag}; Node 22 has it without`)
  return no('this engine does not know WebAssembly relaxed SIMD; the deterministic core does not need it')
}

/** Threads alone. */
export function threads(): Feature {
  if (!hasEngine()) return no(NO_WASM)
  if (typeof Atomics === 'undefined' || !valid(ATOMICS)) return no('this engine does not know WebAssembly atomics')
  const isolated = (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated
  if (isolated === false) {
    return no('this page is not cross-origin isolated, and so has no shared memory; serve it with the headers ' +
      'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, and train in a Web Worker')
  }
  if (typeof SharedArrayBuffer === 'undefined') {
    return no(`this engine has no SharedArrayBuffer${isolated ? ', though the page is cross-origin isolated' : ''}`)
  }
  // A page's own thread must not wait for others, and spinning through their part would freeze it as well. Deno has a
  // Window, and jsdom a document; a page has both.
  // eslint-disable-next-line ganglion/determinism -- only to know a page: any number of threads gives the same bits
  const page = typeof document === 'object' && isA('Window', globalThis)
  if (page) return no("a page's own thread may not wait for others; train in a Web Worker")
  if (!workersAllowed()) return no("Node's permission model allows no workers; start it with --allow-worker")
  return workersExist() ? yes('the engine has shared memory and atomics') : no('no worker can be started from here')
}
