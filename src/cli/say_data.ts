// What was read of pictures, skipped and resized, in a line for each.
import type { LoadedDataset } from '../node/datasets.ts'
import type { Io } from './io.ts'

/**
 * Says what a source gave, on the terminal's side of the output.
 * @param quiet whether to say only what was left out
 */
export function sayData(data: LoadedDataset, { stderr }: Io, quiet = false): void {
  const { name, report, skipped = [] } = data
  const lines: string[] = []
  if (report && !quiet) lines.push(summaryOf(data, report))
  if (skipped.length) {
    const beside = !data.classNames && skipped.some((each) => each.endsWith('/'))
    const hint = beside ? '; folders are classes where no pictures are beside them' : ''
    lines.push(`of "${name}", not read: ${skippedParts(skipped).join(' and ')}${hint}`)
  }
  if (report?.broken.length) {
    const { broken } = report
    const more = broken.length > 3 ? `; and ${broken.length - 3} more` : ''
    lines.push(`of "${name}", ${counted(broken.length, 'broken file')} left out: ${broken.slice(0, 3).join('; ')}${more}`)
  }
  for (const line of lines) stderr.write(`ganglion: ${line}\n`)
}

function summaryOf({ name, shape, preparation, classNames }: LoadedDataset,
  report: NonNullable<LoadedDataset['report']>): string {
  const { read, resized, smallest, largest, transparent, rounded } = report
  const { fit, background } = preparation!
  const from = smallest.join() === largest.join() ? smallest.join('x') : `${smallest.join('x')} to ${largest.join('x')}`
  return [
    `${name}: ${counted(read, 'picture')}${classNames ? ` in ${counted(classNames.length, 'class',
      'classes')} (${some(classNames)})` : ''}`,
    `height x width x channels ${shape.join('x')}`,
    ...(resized ? [`${resized} resized (${fit}) from ${from}`] : []),
    ...(transparent && shape[2] !== 4 ? [`${transparent} transparent, now on ${background}`] : []),
    ...(rounded ? [`${rounded} rounded from 16 to 8 bits`] : []),
  ].join('; ')
}

function skippedParts(skipped: readonly string[]): string[] {
  const folders = skipped.filter((each) => each.endsWith('/'))
  const files = skipped.filter((each) => !each.endsWith('/'))
  return [
    ...(folders.length ? [`${counted(folders.length, 'folder')} (${some(folders)})`] : []),
    ...(files.length ? [`${counted(files.length, 'picture')} of other kinds than PNG, JPEG and WebP (${some(files)})`] : []),
  ]
}

const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`
const some = (names: readonly string[]): string => `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`
