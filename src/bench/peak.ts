// The machine's own ceiling in this engine: the register-only multiply–add loop of the same binary, on one thread.
import { peak_f32 } from '../graph/contract.generated.ts'
import { call, type KernelCall } from '../graph/kernel_call.ts'
import { apply, type Op } from '../graph/tensor.ts'
import type { Runtime } from '../runtime/create_runtime.ts'
import { calibrate, type PeakMeter } from './windows.ts'

/** Flops of a round of assembly/kernels/peak.ts: 12 chains of 4 lanes, a multiply and an add each. */
export const ROUND_FLOPS = 96
const ROUNDS = 200_000
/** So many rounds; 8 floats that depend on all of them go to `output`. */
export const peakCall = (output: number, rounds: number): KernelCall =>
  call(peak_f32, { y: output, rounds, a: 0.999, b: 0.001, start: [1, 2, 3, 4, 5, 6, 7, 8] })
/** Long enough for a browser's coarse clock. */
const WINDOW_MS = 2

const peakOp: Op = {
  name: 'peak',
  shape: () => [8],
  gradient: null,
  calls: (_, at) => [peakCall(at.output, ROUNDS)],
  // None for the runtime: it would wake the other threads, which have no part in it.
  flops: () => 0,
}

/** Call what it returns between the windows of what it is compared with. */
export async function peakMeter(runtime: Runtime): Promise<PeakMeter> {
  const session = await runtime.session(1)
  const fn = session.compile({ group: 'peak', stages: [{ outputs: { y: apply(peakOp, [], {}) } }] })
  fn.run(5)
  const times = calibrate((n) => void fn.run(n), WINDOW_MS)
  return () => {
    const began = performance.now()
    fn.run(times)
    return (ROUNDS * ROUND_FLOPS * times) / (performance.now() - began) / 1e6
  }
}
