// Where a model's step spends its time: per op, milliseconds, GFLOP/s, percent of the peak, bytes moved. Ops are run one by one
// from the host, so that a short op's figure holds about 0.1 µs of calls; a figure is the median of the steps. Ops of one name
// and shape in one place are one row. With threads, each part of an op is run by itself: how evenly an op divides.
import { peakMeter } from '../src/bench/peak.ts'
import { median, spread } from '../src/bench/statistics.ts'
import { runSteps, stepOf } from '../src/bench/step.ts'
import * as host from '../src/entries/index.ts'
import { modelNames, type ModelName, models } from '../src/models/kinds.ts'
import { about, aboutLine } from './about.ts'
import { BUILD, buildOf, command, namedOf } from './command.ts'
import { type OpRow, opsOf } from './op_by_op.ts'
import { heading, megabytes, percent, row } from './output.ts'
import { realModels } from './real_models.ts'
import { runtimeWith } from './runtimes.ts'

/** A reading of the peak comes after so many steps. */
const STEPS_A_PEAK = 5
const WARM_STEPS = 20

export const profile = command({
  summary: "where a model's step spends its time, op by op; with threads, how evenly each op divides",
  takes: 'MODEL',
  options: { 'batch-size': 128, threads: 1, steps: 100, top: 40, ...BUILD },
  async run({ 'batch-size': batch, threads, steps, top, ...which }, names) {
    const [kind] = namedOf(names, [...modelNames, ...Object.keys(realModels)])
    if (names.length !== 1) throw new RangeError(`profile: name one model, as in "profile ${kind}"`)
    const runtime = await runtimeWith(threads, buildOf(which))
    const meter = await peakMeter(runtime)
    const session = await runtime.session(1)
    const fn = stepOf(session, realModels[kind!]?.(host) ?? models[kind as ModelName](), batch)
    runSteps(fn, Math.min(steps, WARM_STEPS))

    const { rows, calls } = opsOf(fn)
    const longest = new Map(rows.map((each): [OpRow, number[]] => [each, []]))
    const timed = (address: number, part: number, parts: number): number => {
      const began = performance.now()
      session.core.runOp(address, part, parts, 0, 1)
      return performance.now() - began
    }

    const [whole, peaks]: [number[], number[]] = [[], []]
    for (let step = 0; step < steps; step++) {
      if (step % STEPS_A_PEAK === 0) peaks.push(meter())
      const began = performance.now()
      runSteps(fn, 1)
      whole.push(performance.now() - began)
      for (const { ms } of rows) ms.push(0)
      for (const { row: { ms }, address } of calls) ms[step]! += timed(address, 0, 1)
      if (threads === 1) continue
      for (const each of longest.values()) each.push(0)
      for (const { row: each, address, item } of calls) {
        const parts = item ? threads : 1
        longest.get(each)![step]! += Math.max(...Array.from({ length: parts }, (_, part) => timed(address, part, parts)))
      }
    }
    await runtime.close()

    const peak = Math.max(...peaks)
    const ops = rows
      .map((each) => ({ ...each, ms: median(each.ms), longest: threads > 1 ? median(longest.get(each)!) : 0 }))
      .map((op) => ({ ...op, gflops: op.flops / op.ms / 1e6, gigabytesPerSecond: op.bytes / op.ms / 1e6 }))
      .sort((a, b) => b.ms - a.ms)
    const total = ops.reduce((sum, { ms }) => sum + ms, 0)
    const step = median(whole)
    const facts = await about(buildOf(which))
    console.log(`${aboutLine(facts)}; peak ${peak.toFixed(1)} GFLOP/s\n`)
    console.log(`${kind}, batch ${batch}: ${spread(whole)} ms a step in one call, ${total.toFixed(2)} ms op by op, ` +
      `on one thread; ${(fn.flops / step / 1e6).toFixed(1)} GFLOP/s, ` +
      `${percent(fn.flops / step / 1e6 / peak / threads)} of the peak; plan ${megabytes(fn.plan.peakBytes)} MB\n`)
    const parts = threads > 1 ? [`longest of ${threads} parts`] : []
    console.log(heading(['ms', 'of the step', ...parts, 'GFLOP/s', 'of the peak', 'MB moved', 'GB/s', 'calls', 'op']))
    for (const op of ops.slice(0, top)) {
      const speed = op.flops ? [op.gflops.toFixed(1), percent(op.gflops / peak)] : ['–', '–']
      const moved = op.bytes ? [(op.bytes / 1e6).toFixed(2), op.gigabytesPerSecond.toFixed(1)] : ['–', '–']
      const divided = threads > 1 ? [percent(op.longest / op.ms)] : []
      console.log(row([op.ms.toFixed(3), percent(op.ms / total, 1), ...divided, ...speed, ...moved, op.calls, op.name]))
    }
    const rest = ops.slice(top)
    const ms = rest.reduce((sum, op) => sum + op.ms, 0)
    if (rest.length) console.log(`\n${rest.length} more: ${ms.toFixed(3)} ms, ${percent(ms / total, 1)}`)
    return { ...facts, model: kind, batch, threads, peak, step, flops: fn.flops, planBytes: fn.plan.peakBytes, ops }
  },
})
