// What differs between runs. Invariant: an option that all have alike is not in the table, one that a run lacks is.
import type { RunConfig } from '../../checkpoint/config.ts'

export interface Difference {
  readonly option: string
  /** By run; undefined where it has no such option. */
  readonly values: readonly (string | undefined)[]
}

/** The options of the model, the data and training that are not the same in all configs, by the order in which they come. */
export function differences(configs: readonly RunConfig[]): Difference[] {
  const all = configs.map(optionsOf)
  const names = new Set(all.flatMap((options) => [...options.keys()]))
  return [...names].map((option) => ({ option, values: all.map((options) => options.get(option)) }))
    .filter(({ values }) => new Set(values).size > 1)
}

function optionsOf({ model, data, training }: RunConfig): Map<string, string> {
  const { load = {}, source, count } = data ?? {}
  const named = { model: model.kind, ...model.options, data: source, images: count, ...load, ...training }
  return new Map(Object.entries(named).flatMap(([name, value]) => {
    if (value === undefined) return []
    return [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
  }))
}
