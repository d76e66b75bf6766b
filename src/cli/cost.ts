// What a step of a model takes on this machine, in processor time: what other processes do at the same time counts little.
import { stepOf, runSteps } from '../bench/step.ts'
import type { Variable } from '../graph/leaves.ts'
import type { ModelDefinition } from '../models/definition.ts'
import type { Runtime } from '../runtime/create_runtime.ts'

export interface Cost {
  readonly parameters: number
  /** Milliseconds of processor time for a step on a batch. */
  readonly milliseconds: number
}

/** Steps are run for so long, after the first one, which compiles. */
const MEASURED_MS = 200
/** The shortest window: the clock of processor time is coarse. */
const WINDOW_MS = 20

/** How many numbers are learned. */
export const parametersAmong = (variables: readonly Variable[]): number =>
  variables.reduce((n, { attrs, size }) => n + (attrs.role === 'parameter' ? size : 0), 0)

/** @throws GanglionError where the model and a step do not fit into memory */
export async function costOf(runtime: Runtime, definition: ModelDefinition, batch: number): Promise<Cost> {
  const session = await runtime.session(1)
  const fn = stepOf(session, definition, batch)
  const parameters = parametersAmong(session.variables)
  const timed = (steps: number) => {
    const before = process.cpuUsage()
    runSteps(fn, steps)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }
  const first = timed(1)
  const steps = Math.max(1, Math.ceil(WINDOW_MS / Math.max(first, 0.1)))
  let [least, spent] = [Infinity, 0]
  while (spent < MEASURED_MS) {
    const ms = timed(steps)
    least = Math.min(least, ms / steps)
    spent += ms
  }
  return { parameters, milliseconds: least }
}
