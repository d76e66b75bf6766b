// What a recipe is. Most are one tape in a memory of its own, which any host of the core can run by its exports alone;
// the others need the host around the core as well (the training loop, sampling).
import type { CompiledFunction } from '../runtime/function.ts'
import type { Runtime } from '../runtime/create_runtime.ts'
import type { Session } from '../runtime/session.ts'
import type { Numbers } from './digest.ts'

/** Numbers in memory that a digest is of. */
export interface Range {
  readonly address: number
  readonly length: number
  readonly type: 'f32' | 'f64' | 'u32'
}

/** A session that is ready to run a tape. */
export interface Run {
  readonly session: Session
  readonly fn: CompiledFunction
  readonly steps: number
  /** What the digest is of after the run, in this order. */
  readonly ranges: readonly Range[]
}

export interface TapeRecipe {
  /** What it exercises, by a path: `op/conv2d`, `train/vae/1`. */
  readonly name: string
  prepare(runtime: Runtime): Promise<Run>
}
export interface HostRecipe {
  readonly name: string
  numbers(runtime: Runtime): Promise<Numbers[]>
}
export type Recipe = TapeRecipe | HostRecipe

/** The numbers of a range, in a memory where the run has ended. */
export function readRange(memory: ArrayBuffer, { address, length, type }: Range): Numbers {
  const View = { f32: Float32Array, f64: Float64Array, u32: Uint32Array }[type]
  return new View(memory, address, length).slice()
}

/** Runs a recipe; the numbers that its digest is of. */
export async function numbersOf(recipe: Recipe, runtime: Runtime): Promise<Numbers[]> {
  if ('numbers' in recipe) return recipe.numbers(runtime)
  const { session, fn, steps, ranges } = await recipe.prepare(runtime)
  const done = fn.run(steps)
  if (done < steps) throw new Error(`${done} steps of ${steps} ended well: then a metric was not finite`)
  return ranges.map((range) => readRange(session.core.memory.buffer, range))
}

/** Where a run leaves its outputs, and each metric's sum and count. */
function resultsOf({ outputs, accumulators }: CompiledFunction): Range[] {
  const values = [...outputs.values()].map(({ address, size }): Range => ({ address, length: size, type: 'f32' }))
  return [...values, ...[...accumulators.values()].map((address): Range => ({ address, length: 2, type: 'f64' }))]
}

/** A run of one function, with its outputs and metrics as results. */
export const runOf = (session: Session, fn: CompiledFunction, steps: number, ranges: readonly Range[] = []): Run =>
  ({ session, fn, steps, ranges: [...resultsOf(fn), ...ranges] })

/** The values of all variables, by name, and a group's counters. */
export function stateRanges(session: Session, group: string): Range[] {
  const variables = session.variables.map((v): Range => ({ address: session.addressOf(v), length: v.size, type: 'f32' }))
  const { length } = session.groupWords(group)
  return [...variables, { address: session.groupAddress(group), length, type: 'u32' }]
}
