// A contestant's side of the protocol: JSON lines, both ways. Timing is done here, around whole windows.
import type { Contestant, Init } from '../protocol.ts'
import { converse, engine, processorTime, readFile } from './platform.ts'

type Request = { init: Init } | { steps: number }

/** Answers requests for as long as there are any. */
export async function serve(load: () => Promise<Contestant>): Promise<void> {
  let contestant: Contestant | undefined

  async function handle(request: Request): Promise<object> {
    contestant ??= await load()
    if ('init' in request) {
      await contestant.init(request.init)
      return { versions: { ...engine, ...contestant.versions } }
    }
    const [began, used] = [performance.now(), processorTime()]
    const losses = await contestant.steps(request.steps)
    const ms = performance.now() - began
    return { ms, processor: used === null ? null : processorTime()! - used, losses }
  }

  await converse(async (line) => {
    try {
      return JSON.stringify(await handle(JSON.parse(line) as Request))
    } catch (error) {
      return JSON.stringify({ error: (error as Error).message ?? String(error) })
    }
  })
}

const readFloats = (file: string): Float32Array => new Float32Array(readFile(file).buffer)

/** The parameters' initial values by name. */
export function readWeights({ weightsFile, params }: Init): Map<string, { shape: number[]; values: Float32Array }> {
  const all = readFloats(weightsFile)
  let at = 0
  return new Map(params.map(({ name, shape }) => {
    const size = shape.reduce((a, b) => a * b, 1)
    return [name, { shape: [...shape], values: all.slice(at, (at += size)) }]
  }))
}

/** The pool of batches, as floats in [-1, 1]. */
export function readBatches({ imagesFile, imageShape, batch, images }: Init): Float32Array[] {
  const bytes = readFile(imagesFile)
  const size = imageShape.reduce((a, b) => a * b, batch)
  const one = (i: number) => Float32Array.from(bytes.subarray(i * size, (i + 1) * size), (b) => b / 127.5 - 1)
  return Array.from({ length: Math.floor(images / batch) }, (_, i) => one(i))
}

/** The noise of step `t` (from 0), one array for each vector; null where it is to be drawn. */
export function noiseReader({ noiseFile, noise, batch }: Init): (t: number) => Float32Array[] | null {
  if (!noiseFile) return () => null
  const all = readFloats(noiseFile)
  const sizes = noise.map((n) => n * batch)
  const each = sizes.reduce((a, b) => a + b, 0)
  return (t) => sizes.map((size, i) => {
    const at = t * each + sizes.slice(0, i).reduce((a, b) => a + b, 0)
    return all.slice(at, at + size)
  })
}

/** The version of an installed package. */
export function versionOf(name: string): string {
  const text = new TextDecoder().decode(readFile(`bench/peers/node_modules/${name}/package.json`))
  return (JSON.parse(text) as { version: string }).version
}
