// A contestant's side of the protocol: JSON lines on stdin and stdout. Timing is done here, around whole windows.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import type { Contestant, Init } from '../protocol.ts'

type Request = { init: Init } | { steps: number }

/** Answers requests until stdin ends. Whatever a library prints goes to stderr. */
export async function serve(load: () => Promise<Contestant>): Promise<void> {
  console.log = console.info = console.warn = console.debug = console.error
  const answer = (reply: object) => process.stdout.write(`${JSON.stringify(reply)}\n`)
  let contestant: Contestant | undefined

  async function handle(request: Request): Promise<object> {
    contestant ??= await load()
    if ('init' in request) {
      await contestant.init(request.init)
      return { versions: { node: process.versions.node, v8: process.versions.v8, ...contestant.versions } }
    }
    const [began, used] = [performance.now(), process.cpuUsage()]
    const losses = await contestant.steps(request.steps)
    const { user, system } = process.cpuUsage(used)
    return { ms: performance.now() - began, processor: (user + system) / 1000, losses }
  }

  for await (const line of createInterface({ input: process.stdin })) {
    try {
      answer(await handle(JSON.parse(line) as Request))
    } catch (error) {
      answer({ error: (error as Error).message ?? String(error) })
    }
  }
  process.exit(0)
}

export const readFloats = (file: string): Float32Array => {
  const bytes = readFileSync(file)
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

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
  const bytes = readFileSync(imagesFile)
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

/** The version of an installed package whose code lies in its folder dist. */
export function versionOf(name: string): string {
  const file = createRequire(import.meta.url).resolve(name).replace(/dist[\\/][^\\/]*$/, 'package.json')
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
