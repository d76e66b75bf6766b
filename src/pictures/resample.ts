// Resizing with antialiasing: the triangle filter as wide as the step, "bilinear" in Pillow and in torchvision's antialias=True.
// The weights are made here, in doubles and exact operations; the sums are taken by a core of their own (assembly/pictures).
// Source: https://github.com/python-pillow/Pillow/blob/9.4.0/src/libImaging/Resample.c. Invariant: the bytes are Pillow's.
import { compiled } from './decoders/host.ts'
import { wasm } from './wasm/resample.generated.ts'

/** A part of a picture, in pixels, that may begin and end within one. */
export interface Box { readonly left: number, readonly top: number, readonly width: number, readonly height: number }
export interface Size { readonly width: number, readonly height: number }

/** 2^22: fractional bits of a weight. */
const ONE = 4194304
const PAGE = 65536

interface Weights {
  /** The first pixel of each result, then `taps` weights of each. */
  readonly starts: Int32Array
  readonly weights: Int32Array
  readonly taps: number
}

/** The weights of `out` results over `length` pixels from `from` on, of an axis of `size` pixels. */
export function weightsOf(size: number, from: number, length: number, out: number): Weights {
  const scale = length / out
  const support = Math.max(scale, 1)
  const taps = Math.min(Math.ceil(support) * 2 + 1, size)
  const starts = new Int32Array(out)
  const weights = new Int32Array(out * taps)
  for (let i = 0; i < out; i++) {
    const center = from + (i + 0.5) * scale
    const first = Math.max(0, Math.trunc(center - support + 0.5))
    const end = Math.min(size, Math.trunc(center + support + 0.5))
    const own = Array.from({ length: end - first },
      (_, k) => Math.max(0, 1 - Math.abs((k + first - center + 0.5) * (1 / support))))
    const sum = own.reduce((a, b) => a + b, 0)
    // All taps lie within the axis; what is beyond has no weight.
    starts[i] = Math.min(first, size - taps)
    const shift = i * taps + first - starts[i]!
    own.forEach((weight, k) => { weights[shift + k] = Math.trunc(0.5 + (sum === 0 ? weight : weight / sum) * ONE) })
  }
  return { starts, weights, taps }
}

interface Core {
  readonly memory: WebAssembly.Memory
  heapBase(): number
  alongRows(
    x: number, y: number, width: number, rows: number, columns: number, starts: number, weights: number, taps: number,
  ): void
  alongColumns(x: number, y: number, width: number, rows: number, starts: number, weights: number, taps: number): void
}

let core: Promise<Core> | undefined
/** A memory never shrinks: beyond this, the next picture gets another. */
const MOST_KEPT = 67108864

async function load(): Promise<Core> {
  const { exports } = await WebAssembly.instantiate(await compiled(wasm))
  return exports as unknown as Core
}

/** A picture of four bytes a pixel, of which `box` is given `size`. */
export async function resample(rgba: Uint8Array, from: Size, box: Box, size: Size): Promise<Uint8Array> {
  const { memory, heapBase, alongRows, alongColumns } = await (core ??= load())
  const across = weightsOf(from.width, box.left, box.width, size.width)
  const down = weightsOf(from.height, box.top, box.height, size.height)
  // Of the rows, those that count.
  const first = down.starts[0]!
  const rows = down.starts.at(-1)! + down.taps - first
  const parts = [
    rows * from.width * 4, rows * size.width * 4, size.height * size.width * 4,
    across.starts.byteLength, across.weights.byteLength, down.starts.byteLength, down.weights.byteLength,
  ]
  const places: number[] = []
  let end = Math.ceil(heapBase() / 16) * 16
  for (const bytes of parts) {
    places.push(end)
    end += Math.ceil(bytes / 16) * 16
  }
  // Loads of four pixels' width never pass a result's taps, so memory may end where the parts do.
  if (end > memory.buffer.byteLength) memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE))
  const [x, middle, y, acrossStarts, acrossWeights, downStarts, downWeights] = places
  new Uint8Array(memory.buffer).set(rgba.subarray(first * from.width * 4, (first + rows) * from.width * 4), x)
  const words = new Int32Array(memory.buffer)
  words.set(across.starts, acrossStarts! / 4)
  words.set(across.weights, acrossWeights! / 4)
  words.set(down.starts.map((start) => start - first), downStarts! / 4)
  words.set(down.weights, downWeights! / 4)
  alongRows(x!, middle!, from.width, rows, size.width, acrossStarts!, acrossWeights!, across.taps)
  alongColumns(middle!, y!, size.width, size.height, downStarts!, downWeights!, down.taps)
  const made = new Uint8Array(memory.buffer).slice(y, y! + parts[2]!)
  if (memory.buffer.byteLength > MOST_KEPT) core = undefined
  return made
}
