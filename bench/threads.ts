// Threads against one thread, model by model, in turns. A virtual machine's processors may be two halves of one, or used by
// others, for seconds at a time: so in every window all threads run a loop in registers at once, and one alone, which says how
// many processors there were just then, and how much of that the step made use of.
import { peakCall, ROUND_FLOPS } from '../src/bench/peak.ts'
import { figure, spread } from '../src/bench/statistics.ts'
import { runSteps, trainingStep } from '../src/bench/step.ts'
import { calibrate } from '../src/bench/windows.ts'
import { apply, type Op } from '../src/graph/tensor.ts'
import { ownedBy, withBarrierAtEnd } from '../src/ops/lowering/calls.ts'
import type { CompiledFunction } from '../src/runtime/function.ts'
import type { Runtime } from '../src/runtime/create_runtime.ts'
import { about, aboutLine } from './about.ts'
import { BUILD, buildOf, command, modelsOf } from './command.ts'
import { heading, row } from './output.ts'
import { inTurns, ratios } from './pairs.ts'
import { roundTrip } from './round_trip.ts'
import { runtimeWith } from './runtimes.ts'

/** Of each thread's loop, about thirty milliseconds: to begin a run takes threads some tenths of one. */
export const LOOP_ROUNDS = 20_000_000

/** The peak's loop on each of the runtime's threads. */
export async function loopOn(runtime: Runtime): Promise<CompiledFunction> {
  const count = runtime.threads
  const op: Op = {
    name: 'loops',
    shape: () => [8 * count],
    gradient: null,
    calls: (_, { output: y }) => withBarrierAtEnd(
      Array.from({ length: count }, (_, owner) => ownedBy(owner, [peakCall(y + 32 * owner, LOOP_ROUNDS)])).flat()),
    flops: () => ROUND_FLOPS * LOOP_ROUNDS * count,
  }
  const fn = (await runtime.session(1)).compile({ group: 'loops', stages: [{ outputs: { y: apply(op, [], {}) } }] })
  fn.run(3)
  return fn
}

export const threads = command({
  summary: 'threads over one thread, beside what loops in registers reach on them just then',
  takes: '[MODEL …]',
  options: { threads: 2, 'batch-size': 128, windows: 20, 'window-ms': 100, ...BUILD },
  async run({ threads, 'batch-size': batch, windows, 'window-ms': windowMs, ...which }, names) {
    const models = modelsOf(names)
    const build = buildOf(which)
    const [one, many] = [await runtimeWith(1, build), await runtimeWith(threads, build)]
    const [loop, loops] = [await loopOn(one), await loopOn(many)]
    const facts = await about(build)
    console.log(`${aboutLine(facts)}; batch ${batch}, ${threads} threads over 1, ${windows} windows of ${windowMs} ms\n`)
    console.log(heading([
      'model', 'ms a step, 1 thread', 'ms a step', 'ratio: median (quartiles)', 'of loops in registers', 'of theirs, %',
      'round trip, ns',
    ]))
    const results = []
    for (const model of models) {
      const compile = async (runtime: Runtime) => trainingStep(await runtime.session(1), model, batch)
      const [alone, shared] = [await compile(one), await compile(many)]
      for (const fn of [alone, shared]) runSteps(fn, 3)
      const steps = calibrate((n) => runSteps(alone, n), windowMs)
      // The loops lie between the two steps.
      const took = inTurns([
        () => runSteps(alone, steps), () => void loop.run(1), () => void loops.run(1), () => runSteps(shared, steps),
      ], windows)
      const [msAlone, ms] = [took[0]!, took[3]!].map((all) => all.map((x) => x / steps)) as [number[], number[]]
      const ratio = ratios(ms, msAlone)
      const ofLoops = ratios(took[2]!, took[1]!).map((x) => threads * x)
      const roundTripNs = await roundTrip()
      const theirs = ratios(ofLoops, ratio).map((x) => 100 * x)
      console.log(row([model, ...[msAlone, ms, ratio, ofLoops].map((all) => spread(all)), spread(theirs, 0), roundTripNs]))
      const [a, b, c, d] = [msAlone, ms, ratio, ofLoops].map(figure)
      results.push({ model, batch, threads, msAlone: a, ms: b, ratio: c, ofLoops: d, roundTripNs })
    }
    await many.close()
    return { ...facts, results }
  },
})
