// How threads go through the calls of one op: where there is no barrier, and whose a call is.
import type { CallOptions, KernelCall } from '../../graph/kernel_call.ts'

const withOptions = (calls: readonly KernelCall[], options: CallOptions): KernelCall[] =>
  calls.map((call) => ({ ...call, options: { ...call.options, ...options } }))

/** The calls without barriers. */
export const withoutBarriers = (calls: readonly KernelCall[]): KernelCall[] => withOptions(calls, { barrier: false })

/** The calls of one owner: without barriers, since one thread goes through all of them. */
export const ownedBy = (owner: number, calls: readonly KernelCall[]): KernelCall[] =>
  withOptions(calls, { barrier: false, owner })

/** The calls with a barrier at their end. */
export const withBarrierAtEnd = (calls: readonly KernelCall[]): KernelCall[] =>
  [...calls.slice(0, -1), ...withOptions(calls.slice(-1), { barrier: true })]

/** Calls that do not read what the others write: one barrier, at their end, or none where none of them has one. */
export function independent(calls: readonly KernelCall[]): KernelCall[] {
  const none = calls.every(({ options }) => options.barrier === false)
  return none ? [...calls] : withBarrierAtEnd(withoutBarriers(calls))
}
