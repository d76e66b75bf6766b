// The crew of a machine by itself: it does the tasks one after another, here.
import { check, isObject, rule } from '../options.ts'
import { turn } from '../runtime/turn.ts'
import type { Crew } from './crew.ts'
import type { StepWork } from './work.ts'

const WORK = rule('what createWork() makes', (x): x is StepWork => isObject(x) && 'createTasks' in x)

/**
 * Who does all tasks of `work` in this thread: what any number of workers give is what it gives.
 * @example
 * const work = createWork(model, digits, { microBatches: 4 })
 * for await (const { metrics } of trainTogether(work, localCrew(work), { epochs: 1 })) console.log(metrics.loss)
 */
export function localCrew(work: StepWork): Crew {
  check('localCrew', 'work', work, WORK)
  return {
    async reduce(tasks) {
      const reduction = work.newReduction(tasks[0]!)
      for (const task of tasks) {
        reduction.add(task.microBatch, work.runTask(task))
        await turn()
      }
      return reduction
    },
  }
}
