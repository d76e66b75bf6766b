// Does a run's tasks again and compares them with what was recorded. Invariant: a task is judged under the weights that it was
// computed under or not at all: where one did not hold, the weights after its stage have it in them, and nobody else has those.
import { sha256 } from '../formats/sha256.ts'
import { countersOf } from '../train/state.ts'
import type { TaskRecords } from './record.ts'
import type { StepWork } from './work.ts'

/** A task that gives something else than was recorded. */
export interface Fault {
  readonly worker: string
  readonly step: number
  readonly stage: number
  readonly microBatch: number
}

/** What came of doing some steps again. */
export interface Stretch {
  /** The steps after `from`, up to `to`, were done again. */
  readonly from: number
  readonly to: number
  /** How many tasks of each worker were compared. */
  readonly tasks: ReadonlyMap<string, number>
  readonly faults: readonly Fault[]
  /** Steps that cannot be judged, because a task before them did not hold. */
  readonly unjudged: number
  /** Steps of which it is not recorded who did all tasks: they were done again, and compared with nothing. */
  readonly unrecorded: number
  /** Whether the state that was kept at the end is another than these steps give, though all tasks hold. */
  readonly otherState: boolean
}

/**
 * Does the steps of a stretch again, from the state that the model has, and compares each task with its record.
 * @param to the last step
 * @param onStep told of each step, so that a caller may show it, or throw
 */
export async function auditStretch(
  work: StepWork, records: TaskRecords, to: number, onStep: (step: number) => void | Promise<void> = () => {},
): Promise<Stretch> {
  const { session } = work.model
  const from = countersOf(session).step
  const tasks = new Map<string, number>()
  const faults: Fault[] = []
  const unrecorded = new Set<number>()
  for (let step = from; step < to;) {
    const size = work.nextSize
    step += work.nextSteps
    for (let stage = 0; stage < work.stages(size); stage++) {
      const todo = work.createTasks(stage)
      const record = records.stage(step, stage)
      if (todo.length && !record) unrecorded.add(step)
      const sum = todo.length ? work.newReduction({ size, stage }) : undefined
      for (const task of todo) {
        const values = work.runTask(task)
        const worker = record?.by[task.microBatch]
        if (worker !== undefined) {
          const hash = await sha256([new Uint8Array(values.buffer, values.byteOffset, values.byteLength)])
          tasks.set(worker, (tasks.get(worker) ?? 0) + 1)
          if (hash !== record!.sha256[task.microBatch]) faults.push({ worker, step, stage, microBatch: task.microBatch })
        }
        sum!.add(task.microBatch, values)
      }
      if (faults.length) {
        return { from, to: step, tasks, faults, unjudged: to - step, unrecorded: unrecorded.size, otherState: false }
      }
      work.applyGradients(stage, sum)
    }
    await onStep(step)
  }
  const kept = records.state(to)
  const otherState = kept !== undefined && kept !== await work.model.digest()
  return { from, to, tasks, faults, unjudged: 0, unrecorded: unrecorded.size, otherState }
}

/**
 * The stretches between kept states that make up at least a share of a run's steps, drawn at random.
 * @param starts steps whose states are there, rising, the first 0
 * @param chance numbers from 0 to 1
 */
export function drawStretches(
  starts: readonly number[], last: number, share: number, chance: () => number,
): { from: number, to: number }[] {
  const left = starts.filter((step) => step < last).map((from, i, all) => ({ from, to: all[i + 1] ?? last }))
  const drawn: typeof left = []
  for (let steps = 0; left.length && steps < share * last;) {
    const [one] = left.splice(Math.floor(chance() * left.length), 1) as [typeof left[number]]
    drawn.push(one)
    steps += one.to - one.from
  }
  return drawn.sort((a, b) => a.from - b.from)
}
