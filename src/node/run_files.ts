// What a run writes into its folder, by name. Everything else there is its user's: it stays, and nothing here touches it.
import { existsSync } from 'node:fs'
import { readdir, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Moment, Picture } from '../checkpoint/pictures.ts'
import { GanglionError } from '../errors.ts'
import { check, complete, flag, type Given, option } from '../options.ts'
import { entryAt, failure, makeFolder, targetOf, writerOf } from './files.ts'
import { isLock } from './lock.ts'
import { pathRule } from './options.ts'
import { runs } from './processes.ts'

export const CONFIG = 'config.json'
export const METRICS = 'metrics.jsonl'
/** Says which temporaries are a run's files (commit.ts). */
export const JOURNAL = '.commit'
export const SAMPLES = 'samples'
/** Who did which task of a run that others worked for. */
export const TASKS = 'tasks.jsonl'
/** A state that `ganglion audit` begins with. */
export const stateFile = (step: number): string => `audit-${String(step).padStart(8, '0')}.safetensors`
const STATE_FILE = /^audit-\d{8,}\.safetensors$/
/** The run as it was after its best epoch. */
export const BEST = 'best'

const RUN_FILES: readonly string[] = [
  CONFIG, METRICS, TASKS, 'weights.safetensors', 'state.safetensors', 'digest.txt', 'checksums.txt',
]
/** What commands other than training put there. */
const COMMAND_FILES = ['sample.png', 'reconstruct.png', 'interpolate.png', 'map.png']
const PICTURE = /^(reconstruction-)?(epoch-\d{4,}|step-\d{6,})\.png$/
const STEP_PICTURE = /^(?:reconstruction-)?step-(\d{6,})\.png$/
/** For TensorBoard. */
const EVENTS = /^events\.out\.tfevents\.\d+\.ganglion$/

/** The name of a picture, from the run's folder. */
export const pictureFile = (kind: Picture, moment: Moment): string => {
  const [what, number] = 'epoch' in moment ? ['epoch', padded(moment.epoch, 4)] : ['step', padded(moment.step, 6)]
  return `${SAMPLES}/${kind === 'samples' ? '' : `${kind}-`}${what}-${number}.png`
}
/** The step after which a picture in `samples` was drawn; undefined where it is of an epoch, or none. */
export const stepOfPicture = (name: string): number | undefined => {
  const [, step] = STEP_PICTURE.exec(name) ?? []
  return step === undefined ? undefined : Number(step)
}
const padded = (number: number, digits: number): string => String(number).padStart(digits, '0')

const isPicture = (name: string): boolean => PICTURE.test(name)

const isTopFile = (name: string): boolean => RUN_FILES.includes(name) || STATE_FILE.test(name) || EVENTS.test(name)

/** Whether a name, from the run's folder, is that of a file that training writes. */
export function isRunFile(name: string): boolean {
  const [folder, picture, more] = name.split('/')
  if (folder === BEST && picture !== undefined && more === undefined) return [...RUN_FILES, JOURNAL].includes(picture)
  return isTopFile(name) || (folder === SAMPLES && picture !== undefined && isPicture(picture) && more === undefined)
}

/** Whether a run goes on from a file, wherever it does: states for audits, event files and pictures stay. */
export const goesAlong = (name: string): boolean =>
  RUN_FILES.includes(name) || (name.startsWith(`${BEST}/`) && RUN_FILES.includes(name.slice(BEST.length + 1)))

/** Whether a path, where a run's folder is around it, is one of the pictures that its training writes. */
export const isRunPicture = (path: string): boolean =>
  isPicture(basename(path)) && basename(dirname(path)) === SAMPLES && existsSync(join(path, '..', '..', CONFIG))

/** Whether a path, where a run's folder is around it, is a file that its training writes. */
export const isOfRun = (path: string): boolean =>
  isRunPicture(path) || (isTopFile(basename(path)) && existsSync(join(dirname(path), CONFIG)))

export interface RunContents {
  /** What a run has in the folder, by names from there: files, and pictures of epochs. */
  readonly files: readonly string[]
  /** What processes that were killed left of such files, and of pictures that commands draw. */
  readonly temporaries: readonly string[]
  /** Whether `samples` is a link. */
  readonly link: boolean
}

/**
 * What there is of a run in a folder.
 * @throws GanglionError when there is no such folder, or anything is in the way of a run's files
 */
export async function look(folder: string): Promise<RunContents> {
  const [files, temporaries]: [string[], string[]] = [[], []]
  const sort = (name: string, prefix: string, isDirectory: boolean) => {
    const target = targetOf(name)
    if (target !== undefined && leavesTemporaries(`${prefix}${target}`) && !drawing(name, target)) {
      temporaries.push(`${prefix}${name}`)
    }
    if (!isRunFile(`${prefix}${name}`)) return
    if (isDirectory) throw inTheWay(join(folder, `${prefix}${name}`), 'folder')
    files.push(`${prefix}${name}`)
  }
  try {
    // As join() reads it in what follows: a/../b is b.
    for (const entry of await readdir(resolve(folder), { withFileTypes: true })) sort(entry.name, '', entry.isDirectory())
    const samples = join(folder, SAMPLES)
    const found = await entryAt(samples)
    if (found?.isDirectory()) {
      for (const entry of await readdir(samples, { withFileTypes: true })) sort(entry.name, `${SAMPLES}/`, entry.isDirectory())
    } else if (found && !found.isSymbolicLink()) throw inTheWay(samples, 'file')
    // A run of its own: what was left undone there is for who has its lock.
    if (await keepsBest(folder)) {
      files.push(...(await readdir(join(folder, BEST))).map((name) => `${BEST}/${name}`).filter(isRunFile))
    }
    return { files, temporaries, link: !!found?.isSymbolicLink() }
  } catch (cause) {
    throw cause instanceof GanglionError ? cause : failure('prepare run folder', folder, cause)
  }
}

/** Whether a process that writes into a folder, or one that was killed, has something lie there. */
export async function isLeftUntidy(folder: string): Promise<boolean> {
  const names = await readdir(resolve(folder))
  return names.some((name) => isLock(name) || name === JOURNAL) || (await look(folder)).temporaries.length > 0
}

const leavesTemporaries = (name: string): boolean => isRunFile(name) || name === JOURNAL || COMMAND_FILES.includes(name)

/** Whether a command writes its picture just now. */
const drawing = (name: string, target: string): boolean => COMMAND_FILES.includes(target) && runs(writerOf(name))

const inTheWay = (path: string, what: string): GanglionError => new GanglionError(
  `cannot prepare run folder "${path}": a ${what} of that name is in the way; move it away, or choose another folder`)

/**
 * What there is in a folder beside locks and what a run leaves that was killed before it was saved for the first time.
 * Nothing where there is no such folder. A file in its place is left for `makeFolder` to refuse.
 */
export async function contentsOf(folder: string): Promise<string[]> {
  const found = await readdir(resolve(folder)).catch((): string[] => [])
  const samples = found.includes(SAMPLES) ? await onlyTemporaries(join(folder, SAMPLES)) : false
  return found.filter((name) => (
    !isLock(name) && !leavesTemporaries(targetOf(name) ?? '') && !(name === SAMPLES && samples)
  ))
}

/** Whether a path is a folder with nothing in it but what was to become pictures of epochs. */
async function onlyTemporaries(folder: string): Promise<boolean> {
  if (!(await entryAt(folder).catch(() => undefined))?.isDirectory()) return false
  return (await readdir(folder)).every((name) => isPicture(targetOf(name) ?? ''))
}

/** The refusal of a folder that holds something. */
export function notEmpty(path: string, found: readonly string[], mend: string): GanglionError {
  const more = found.length > 1 ? ` and ${found.length - 1} more` : ''
  return new GanglionError(`the folder "${path}" is not empty: it holds "${[...found].sort()[0]}"${more}; ${mend}`)
}

const PREPARE = {
  /** Removes the files of an earlier run. Default false. */
  force: option(flag, false),
}

/**
 * Makes `path` a folder that a new run may write to. One that holds anything is refused, unless `force` is set: then
 * the files of an earlier run are removed (config.json, metrics.jsonl, weights.safetensors, state.safetensors, digest.txt,
 * checksums.txt, tasks.jsonl, audit-*.safetensors, event files, the pictures in samples/, and the run in best/) and everything
 * else stays. Returns the topmost folder that it made, if any: a parent of `path`, or `path`.
 * @throws TypeError, RangeError for options that are not as described
 * @throws GanglionError when it holds files and `force` is not set, is a file, or cannot be written; the folders that it
 *   made are then removed. Nothing is removed where anything is in the way of a run's files
 * @example
 * await prepareRunFolder('runs/mine', { force: true })
 */
export async function prepareRunFolder(path: string, options: Given<typeof PREPARE> = {}): Promise<string | undefined> {
  check('prepareRunFolder', 'path', path, pathRule)
  const { force } = complete('prepareRunFolder', options, PREPARE)
  try {
    const made = await makeFolder(path)
    const found = await contentsOf(path)
    if (found.length > 0 && !force) {
      throw notEmpty(path, found, 'choose another, or use force to replace the files of an earlier run')
    }
    await clear(path)
    return made
  } catch (cause) {
    throw cause instanceof GanglionError ? cause : failure('prepare run folder', path, cause)
  }
}

/** Removes what there is of a run in a folder, and of its best epoch. */
async function clear(folder: string): Promise<void> {
  const { files, temporaries, link } = await look(folder)
  for (const name of [JOURNAL, ...files, ...temporaries]) await rm(join(folder, name), { force: true })
  await clearSamples(folder, link)
  if (!await keepsBest(folder)) return
  await clear(join(folder, BEST))
  await clearBest(folder)
}

/** Whether a run has a folder for its best epoch; a link in its place is nobody's. */
export const keepsBest = async (folder: string): Promise<boolean> => !!(await entryAt(join(folder, BEST)))?.isDirectory()

/** Removes `best` where it is empty. */
export const clearBest = (folder: string): Promise<void> => rmdir(join(folder, BEST)).catch(() => {})

/** Removes `samples` where it is a link, whose end stays as it is, or empty. */
export async function clearSamples(folder: string, link: boolean): Promise<void> {
  const samples = join(folder, SAMPLES)
  if (link) await rm(samples)
  else await rmdir(samples).catch(() => {})
}
