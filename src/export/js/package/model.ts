// The code of an exported package: checks what callers give, loads the module at the first call, and calls it.
import { type Info, LoadedModel } from '../../wasm/loaded.ts'
import { rgba } from '../../wasm/image_data.ts'

interface Draw {
  seed?: number
  count?: number
  class?: number
}
type Classed = Pick<Draw, 'class'>

/** The functions of a package, whose module is compiled already, or base64 of its bytes. */
export function open(source: WebAssembly.Module | string, info: Info) {
  let loading: Promise<LoadedModel> | undefined
  const load = async (label: number | undefined): Promise<LoadedModel> => {
    checkClass(label, info)
    const model = await (loading ??= instantiate(source).then((instance) => new LoadedModel(instance)))
    model.label = label ?? -1
    return model
  }
  const product = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1)
  const [imageSize, codeSize] = [product(info.imageShape), product(info.codeShape)]
  return {
    info,
    async generate({ seed = info.seed, count = 1, class: label }: Draw = {}) {
      checkDraw(seed, count)
      return (await load(label)).generate(seed, count)
    },
    async codes({ seed = info.seed, count = 1, class: label }: Draw = {}) {
      checkDraw(seed, count)
      return (await load(label)).codes(seed, count)
    },
    async decode(codes: Float32Array, { class: label }: Classed = {}) {
      checkRows('codes', codes, codeSize)
      return (await load(label)).decode(codes)
    },
    async encode(images: Float32Array, { class: label }: Classed = {}) {
      checkRows('images', images, imageSize)
      return (await load(label)).encode(images)
    },
    async score(images: Float32Array, { class: label }: Classed = {}) {
      checkRows('images', images, imageSize)
      return (await load(label)).score(images)
    },
    toImageData(images: Float32Array, index = 0) {
      checkRows('images', images, imageSize)
      const count = images.length / imageSize
      if (!Number.isInteger(index) || index < 0 || index >= count) {
        throw new RangeError(`index expected an integer from 0 to ${count - 1}, got ${index}`)
      }
      const [height, width] = info.imageShape
      const data = rgba(images.subarray(index * imageSize, (index + 1) * imageSize), info.imageShape)
      return typeof ImageData === 'function' ? new ImageData(data, width, height) : { data, width, height, colorSpace: 'srgb' }
    },
  }
}

async function instantiate(source: WebAssembly.Module | string): Promise<WebAssembly.Instance> {
  if (typeof source !== 'string') return WebAssembly.instantiate(source)
  const bytes = Uint8Array.from(atob(source), (character) => character.charCodeAt(0))
  return (await WebAssembly.instantiate(bytes)).instance
}

function checkDraw(seed: number, count: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed expected an integer from 0 to 2^53 - 1, got ${seed}`)
  if (!Number.isInteger(count) || count < 1 || count > 0xffffffff) {
    throw new RangeError(`count expected an integer of at least 1, got ${count}`)
  }
}

function checkClass(label: number | undefined, { kind, classes }: Info): void {
  if (label === undefined) return
  if (classes === undefined) throw new RangeError(`class is given, and the ${kind} has no classes; leave it out`)
  if (!Number.isInteger(label) || label < 0 || label >= classes) {
    throw new RangeError(`class expected an integer from 0 to ${classes - 1}, got ${label}`)
  }
}

function checkRows(what: string, values: Float32Array, size: number): void {
  if (Object.prototype.toString.call(values) !== '[object Float32Array]') throw new TypeError(`${what} expected a Float32Array`)
  if (values.length === 0 || values.length % size) {
    throw new RangeError(`${what} expected a multiple of ${size} numbers, got ${values.length}`)
  }
}
