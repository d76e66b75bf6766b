// What a folder holds of pictures, in the order of their names (by UTF-16 code unit, so the same everywhere): sub-folders are
// classes, `train` and `test` are splits. It decodes nothing, and knows neither disk nor page. Invariant: what was left out is
// named, but for hidden files and what is no picture.
import { GanglionError } from '../errors.ts'
import type { PictureList } from './make.ts'
import type { PictureFile } from './workers.ts'

/** A folder, of a disk or of what a page was given. */
export interface Directory {
  /** What messages call it. */
  readonly path: string
  names(): Promise<Names>
  folder(name: string): Directory
  read(name: string, most: number): Promise<Uint8Array>
}
export interface Names {
  readonly files: readonly string[]
  readonly folders: readonly string[]
  /** Those folders that are links to one. */
  readonly links?: ReadonlySet<string>
}
export interface PictureFolder {
  readonly train: PictureList
  /** Where there is a folder of them. */
  readonly test?: PictureList
}

const KINDS = /\.(png|jpg|jpeg|jpe|jfif|webp)$/i
const OTHER_KINDS = /\.(avif|bmp|gif|heic|heif|ico|jxl|pbm|pgm|ppm|svg|tga|tif|tiff)$/i
const TRAIN = 'train'
/** What the folder of other images is called, the first that is there. */
const TESTS = ['test', 'val', 'valid', 'validation']
/** How deep a class's folder may be. */
const DEPTH = 16

interface Contents {
  readonly pictures: string[]
  readonly folders: string[]
  readonly links: ReadonlySet<string>
  readonly others: string[]
}

/** Hidden files (`._a.png`, which archives of macOS have) are nobody's pictures. */
async function contentsOf(directory: Directory): Promise<Contents> {
  const { files, folders, links = new Set() } = await directory.names()
  const seen = (names: readonly string[]) => names.filter((name) => !name.startsWith('.')).sort()
  const named = seen(files)
  return {
    pictures: named.filter((name) => KINDS.test(name)), others: named.filter((name) => OTHER_KINDS.test(name)),
    folders: seen(folders), links,
  }
}

const fileOf = (directory: Directory, file: string, label?: number): PictureFile => ({
  name: joined(directory.path, file), ...(label !== undefined && { label }), read: (most) => directory.read(file, most),
})
const joined = (...parts: readonly string[]): string => parts.filter(Boolean).join('/').replace(/\/{2,}/g, '/')

/**
 * The pictures in a folder; undefined where there are none.
 * @throws GanglionError when the splits have other classes
 */
export async function pictureFolder(directory: Directory, name: string): Promise<PictureFolder | undefined> {
  const top = await contentsOf(directory)
  if (top.pictures.length || !top.folders.includes(TRAIN)) {
    const train = await listOf(directory, name, top)
    return train && { train }
  }
  const train = await listOf(directory.folder(TRAIN), name)
  if (!train) return undefined
  const other = TESTS.find((each) => top.folders.includes(each))
  const unread = top.folders.filter((each) => each !== TRAIN && each !== other).map((each) => `${each}/`)
  const skipped = [...train.skipped ?? [], ...unread]
  const test = other === undefined ? undefined : await listOf(directory.folder(other), name)
  return {
    train: { ...train, ...(skipped.length && { skipped }) },
    ...(test && { test: alike(test, train, directory.folder(other!).path) }),
  }
}

/** `test` with the numbers that classes have in `train`. */
function alike(test: PictureList, { classNames }: PictureList, path: string): PictureList {
  if (!classNames && !test.classNames) return test
  if (!classNames || !test.classNames) {
    throw new GanglionError(`"${path}" and the folder "${TRAIN}" beside it expected the same classes, ` +
      'and one of them has none; put the pictures of both into folders, one a class')
  }
  const numbers = test.classNames.map((name) => {
    const label = classNames.indexOf(name)
    if (label < 0) {
      throw new GanglionError(`"${joined(path, name)}" is a class that the folder "${TRAIN}" does not have; ` +
        'move it, or remove it')
    }
    return label
  })
  return { ...test, classNames, files: test.files.map((file) => ({ ...file, label: numbers[file.label!]! })) }
}

/** The pictures of one split: those in the folder, or those of its sub-folders, which are classes. */
async function listOf(directory: Directory, name: string, given?: Contents): Promise<PictureList | undefined> {
  const { pictures, folders, others } = given ?? await contentsOf(directory)
  const skipped = [...others]
  const named = { name, ...(directory.path && { where: directory.path }) }
  if (pictures.length) {
    skipped.push(...folders.map((each) => `${each}/`))
    return { ...named, files: pictures.map((file) => fileOf(directory, file)),
      ...(skipped.length && { skipped: skipped.sort() }) }
  }
  const [files, classNames]: [PictureFile[], string[]] = [[], []]
  for (const each of folders) {
    const found = await within(directory.folder(each), each, classNames.length, DEPTH)
    skipped.push(...found.skipped)
    if (found.files.length) classNames.push(each)
    else skipped.push(`${each}/`)
    files.push(...found.files)
  }
  return files.length ? { ...named, files, classNames, ...(skipped.length && { skipped: skipped.sort() }) } : undefined
}

/** The pictures of a class: in its folder, then those within it, but for links to folders. */
async function within(
  directory: Directory, path: string, label: number, depth: number,
): Promise<{ files: PictureFile[], skipped: string[] }> {
  const { pictures, folders, links, others } = await contentsOf(directory)
  const files = pictures.map((file) => fileOf(directory, file, label))
  const skipped = others.map((file) => `${path}/${file}`)
  for (const each of folders) {
    const inside = `${path}/${each}`
    if (links.has(each) || depth === 0) {
      skipped.push(`${inside}/`)
      continue
    }
    const inner = await within(directory.folder(each), inside, label, depth - 1)
    files.push(...inner.files)
    skipped.push(...inner.skipped)
  }
  return { files, skipped }
}
