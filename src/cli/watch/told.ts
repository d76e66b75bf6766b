// What a run was told, for a person to read: options by their names, as texts.
import type { RunConfig } from '../../checkpoint/config.ts'
import type { Told } from './news.ts'

/** The options of the model, the data and training that config.json has, in its order. */
export function toldOf({ model, data, training }: RunConfig): Told[] {
  const { load = {}, source, count } = data ?? {}
  const named = { model: model.kind, ...model.options, data: source, images: count, ...load, ...training }
  return Object.entries(named).flatMap(([name, value]): Told[] => {
    if (value === undefined) return []
    return [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
  })
}
