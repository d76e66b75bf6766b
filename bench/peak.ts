// The machine's own ceiling in this engine: the register-only multiply–add loop of the same binary.
import { apply, bits, type Op } from '../src/graph/tensor.ts'
import type { Runtime } from '../src/runtime/runtime.ts'

/** Flops of a round of assembly/kernels/peak.ts: 12 chains of 4 lanes, a multiply and an add each. */
const ROUND_FLOPS = 96
const ROUNDS = 200_000

const peakOp: Op = {
  name: 'peak',
  shape: () => [4],
  gradient: null,
  calls: (_, at) => [['peak_f32', at.output, ROUNDS, bits(0.999), bits(0.001)]],
  flops: () => ROUNDS * ROUND_FLOPS,
}

/** A function that runs the loop once and returns GFLOP/s. Call it between the windows of what it is compared with. */
export async function peakMeter(runtime: Runtime): Promise<() => number> {
  const session = await runtime.session(1)
  const fn = session.compile({ group: 'peak', stages: [{ outputs: { y: apply(peakOp, [], {}) } }] })
  fn.run(5)
  return () => {
    const began = performance.now()
    fn.run(1)
    return fn.flops / (performance.now() - began) / 1e6
  }
}
