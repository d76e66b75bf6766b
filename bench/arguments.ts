// What the benchmarks of this folder read from the command line alike.
import { availableParallelism } from 'node:os'
import type { RuntimeOptions } from '../src/runtime/create_runtime.ts'

/** `16,32` as numbers; a RangeError names the option where one is not a positive integer. */
export function integers(option: string, text: string): number[] {
  return text.split(',').map((part) => {
    const n = Number(part)
    if (Number.isInteger(n) && n > 0) return n
    throw new RangeError(`--${option} expected positive integers with commas between, got "${text}"`)
  })
}

export const integer = (option: string, text: string): number => integers(option, text)[0]!

/** 1 … as many as the machine runs at once. */
export const allThreads = (): string => Array.from({ length: availableParallelism() }, (_, i) => i + 1).join()

const flag = { type: 'boolean', default: false } as const
/** Which build is measured: for options of `parseArgs`. */
export const BUILD = { wide: flag, relaxed: flag } as const

/** What `createRuntime` takes for that build. */
export const buildOf = ({ wide, relaxed }: { wide: boolean; relaxed: boolean }): Pick<RuntimeOptions, 'wide' | 'precision'> =>
  ({ wide, precision: relaxed ? 'relaxed' : 'deterministic' })
