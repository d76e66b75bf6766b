// Runs beside each other: a figure of all of them, and the options that are not the same in all.
import type { Series } from '../state/curve.ts'
import type { Facts } from '../../../src/cli/watch/news.ts'

const TEST = 'test.'
/** Figures on test images are called as those of training, after a prefix. */
export const isOnTest = (name: string): boolean => name.startsWith(TEST)
export const trainedName = (name: string): string => name.slice(TEST.length)

/** The figures that any has, in the order in which they come; the loss on test images first. */
export function metricsOf(all: readonly Series[]): string[] {
  const names = new Set(all.flatMap(({ values }) => Object.keys(values)))
  const [first, second] = ['test.loss', 'loss']
  const rank = (name: string) => (name === first ? 0 : name === second ? 1 : 2)
  return [...names].sort((a, b) => rank(a) - rank(b))
}

/** One figure of several runs by step: the values of each are called by its place. */
export function beside(all: readonly Series[], metric: string): Series {
  const steps = [...new Set(all.flatMap((series) => series.steps))].sort((a, b) => a - b)
  const places = new Map(steps.map((step, i) => [step, i]))
  const values = all.map((series) => {
    const column = new Array<number | null>(steps.length).fill(null)
    series.values[metric]?.forEach((value, i) => (column[places.get(series.steps[i]!)!] = value))
    return column
  })
  return { steps, values: Object.fromEntries(values.map((column, i) => [String(i), column])) }
}

export interface Difference {
  readonly option: string
  /** By run; undefined where it has no such option. */
  readonly values: readonly (string | undefined)[]
}

/** The options that are not the same in all runs, in the order in which they come; of one run, all of its options. */
export function differences(all: readonly Pick<Facts, 'options'>[]): Difference[] {
  const maps = all.map(({ options }) => new Map(options))
  const names = new Set(maps.flatMap((options) => [...options.keys()]))
  return [...names].map((option) => ({ option, values: maps.map((options) => options.get(option)) }))
    .filter(({ values }) => all.length === 1 || new Set(values).size > 1)
}
