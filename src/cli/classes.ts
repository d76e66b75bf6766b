// The classes of a run's images, by number or by name.
import type { RunConfig } from '../checkpoint/config.ts'
import { GanglionError } from '../errors.ts'
import type { Model } from '../train/model.ts'
import { nearest } from './nearest.ts'

const text = (value: string): string => {
  if (value === '') throw new RangeError('the name or the number of a class')
  return value
}
/** The option for one class. */
export const CLASS = {
  value: 'NAME|N', help: 'one class, of a model with classes', read: text, initial: 'each in turn',
} as const

/**
 * The number of a class that is given by name or number; undefined where none is.
 * @param flag that gives it
 * @throws GanglionError where the model has no classes, or no such class
 */
export function labelOf(
  name: string | undefined, { definition }: Model, { data }: RunConfig, flag = '--class',
): number | undefined {
  if (name === undefined) return undefined
  const { classes, kind } = definition
  if (classes === undefined) throw new GanglionError(`${flag} ${name} is given, and a ${kind} has no classes; leave it out`)
  const named = data?.classNames?.indexOf(name) ?? -1
  const label = named >= 0 ? named : /^\d+$/.test(name) ? Number(name) : -1
  if (label >= 0 && label < classes) return label
  const known = data?.classNames
  const hint = known ? nearest(name, known) || `; the classes are ${known.join(', ')}` : ''
  throw new GanglionError(`there is no class "${name}", expected a number from 0 to ${classes - 1}` +
    `${known ? ' or a name' : ''}${hint}`)
}
