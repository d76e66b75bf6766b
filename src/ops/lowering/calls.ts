// How threads go through the calls of one op: where they need not meet, and whose a call is.
import type { Apart, KernelCall } from '../../graph/kernel_call.ts'

/** The calls without meetings; `on`: they are that owner's. */
export const apart = (calls: readonly KernelCall[], on?: number): KernelCall[] => marked(calls, true, on)
/** The calls with a meeting at their end. */
export const ended = (calls: readonly KernelCall[]): KernelCall[] =>
  [...calls.slice(0, -1), ...marked(calls.slice(-1), false)]
const marked = (calls: readonly KernelCall[], alone: boolean, on?: number): KernelCall[] => calls.map(([how, ...words]) => {
  const before: Apart = typeof how === 'string' ? { kernel: how } : how
  return [{ ...before, alone, on: on ?? before.on }, ...words]
})

/** Calls that threads may go through without meeting, but for the end, unless they need not meet there either. */
export function unmet(calls: readonly KernelCall[]): KernelCall[] {
  const never = calls.every(([kernel]) => typeof kernel !== 'string' && kernel.alone)
  return never ? apart(calls) : ended(apart(calls))
}
