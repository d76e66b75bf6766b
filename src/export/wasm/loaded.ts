// An exported module as JavaScript calls it, in exported pages and packages. What a function of the module gives lies in its
// memory until the next call, so it is copied.

/** What a module says of itself, of what is needed here. */
export interface Info {
  readonly kind: string
  readonly imageShape: readonly [height: number, width: number, channels: number]
  readonly codeShape: readonly number[]
  readonly seed: number
  readonly classes?: number
  readonly classNames?: readonly string[]
}

/** A part of a model has some of the functions. */
interface Exports {
  readonly memory: WebAssembly.Memory
  alloc(bytes: number): number
  generate(seedLow: number, seedHigh: number, count: number): number
  codes(seedLow: number, seedHigh: number, count: number): number
  decode(address: number, count: number): number
  encode(address: number, count: number): number
  score(address: number, count: number): number
  info(): number
  setClass?(label: number): void
}

const product = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)

export class LoadedModel {
  readonly info: Info
  readonly codeSize: number
  readonly imageSize: number
  readonly #exports: Exports

  constructor(instance: WebAssembly.Instance) {
    this.#exports = instance.exports as unknown as Exports
    const bytes = new Uint8Array(this.#exports.memory.buffer, this.#exports.info())
    this.info = JSON.parse(new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)))) as Info
    this.codeSize = product(this.info.codeShape)
    this.imageSize = product(this.info.imageShape)
  }

  /** The class of all rows from now on; −1: each class has its turn. */
  set label(label: number) {
    this.#exports.setClass?.(label)
  }

  /** Images in [-1, 1], one after another. */
  generate(seed: number, count: number): Float32Array {
    return this.#read(this.#exports.generate(seed % 4294967296, Math.floor(seed / 4294967296), count), count * this.imageSize)
  }

  codes(seed: number, count: number): Float32Array {
    return this.#read(this.#exports.codes(seed % 4294967296, Math.floor(seed / 4294967296), count), count * this.codeSize)
  }

  decode(codes: Float32Array): Float32Array {
    const count = codes.length / this.codeSize
    return this.#read(this.#exports.decode(this.#write(codes), count), count * this.imageSize)
  }

  encode(images: Float32Array): Float32Array {
    const count = images.length / this.imageSize
    return this.#read(this.#exports.encode(this.#write(images), count), count * this.codeSize)
  }

  /** The discriminator's scores, one an image. */
  score(images: Float32Array): Float32Array {
    const count = images.length / this.imageSize
    return this.#read(this.#exports.score(this.#write(images), count), count)
  }

  #write(values: Float32Array): number {
    const at = this.#exports.alloc(values.byteLength)
    if (!at) throw new RangeError(NO_MEMORY)
    new Float32Array(this.#exports.memory.buffer, at, values.length).set(values)
    return at
  }

  #read(address: number, length: number): Float32Array {
    if (!address) throw new RangeError(NO_MEMORY)
    return new Float32Array(this.#exports.memory.buffer, address, length).slice()
  }
}

const NO_MEMORY = 'there is not enough memory; ask for fewer at a time'
