// Pictures that a page was given: an input's files, what was dropped, handles of the File System API. The same as a folder on a
// disk.
// Invariant: the same files under the same paths give the same bytes as in Node.
import { GanglionError } from '../errors.ts'
import { complete, type Given, oneOf, option, shown } from '../options.ts'
import { HEADROOM, tooLong } from './decode.ts'
import { type Directory, pictureFolder } from './folder.ts'
import { completePictures, makeDataset, type PictureDataset, PICTURES, preparationOf } from './make.ts'

/** A `FileList`, files, a `DataTransfer`, or handles of files and folders. */
export type PictureFiles = FileList | DataTransfer | FileSystemHandle | Iterable<File | FileSystemHandle>

const OPTIONS = {
  /** Default 'train'. */
  split: option(oneOf('train', 'test'), 'train'),
  ...PICTURES,
}

type Read = (most: number) => Promise<Uint8Array>
interface Tree { readonly files: Map<string, Read>, readonly folders: Map<string, Tree> }
const empty = (): Tree => ({ files: new Map(), folders: new Map() })

/**
 * The data set of the pictures that a page was given, in workers. Sub-folders are classes, folders `train` and `test` are splits.
 *
 *     const data = await datasetFromFiles(input.files, { size: 64 })   // <input type="file" webkitdirectory multiple>
 * @throws TypeError when `files` are none, RangeError for an option that is not as described
 * @throws GanglionError when there is no picture, or one is broken
 * @example
 * const data = await datasetFromFiles([new File([bytes], 'cat.png')], { size: 32 })
 */
export async function datasetFromFiles(files: PictureFiles, options: Given<typeof OPTIONS> = {}): Promise<PictureDataset> {
  const { split, ...rest } = complete('datasetFromFiles', options, OPTIONS)
  const tree = empty()
  await fill(tree, files)
  const [name, root] = rootOf(tree)
  const found = await pictureFolder(directoryOf(root, ''), name)
  const list = found?.[split]
  if (!found || !list) {
    throw new GanglionError(`the files that were given hold no pictures of the split "${split}", ` +
      'expected PNG, JPEG or WebP; give others')
  }
  const preparation = await preparationOf([...found.train.files, ...found.test?.files ?? []],
    completePictures('datasetFromFiles', rest))
  return makeDataset(list, rest, preparation)
}

/** Where everything is in one folder, that folder. */
function rootOf(tree: Tree): readonly [string, Tree] {
  const [[name, only] = []] = tree.folders
  return only && tree.folders.size === 1 && !tree.files.size ? [name!, only] : ['pictures', tree]
}

const directoryOf = (tree: Tree, path: string): Directory => ({
  path,
  names: async () => ({ files: [...tree.files.keys()], folders: [...tree.folders.keys()] }),
  folder: (name) => directoryOf(tree.folders.get(name)!, path ? `${path}/${name}` : name),
  read: (name, most) => tree.files.get(name)!(most),
})

function put(tree: Tree, path: readonly string[], read: Read): void {
  let at = tree
  for (const folder of path.slice(0, -1)) {
    if (!at.folders.has(folder)) at.folders.set(folder, empty())
    at = at.folders.get(folder)!
  }
  at.files.set(path.at(-1)!, read)
}

const putFile = (tree: Tree, file: File, path = file.webkitRelativePath || file.name): void =>
  put(tree, path.split('/').filter(Boolean), (most) => bytesOf(file, most))

async function bytesOf(file: File, most: number): Promise<Uint8Array> {
  if (file.size > most / HEADROOM) throw tooLong(file.name, file.size, most / HEADROOM, file.size * HEADROOM)
  return new Uint8Array(await file.arrayBuffer())
}

const isFile = (x: unknown): x is File => typeof (x as File | null)?.arrayBuffer === 'function'
const isHandle = (x: unknown): x is FileSystemHandle => ['file', 'directory'].includes((x as FileSystemHandle | null)?.kind ?? '')
const isDropped = (x: unknown): x is DataTransfer => typeof (x as DataTransfer | null)?.items?.length === 'number'

async function fill(tree: Tree, files: PictureFiles): Promise<void> {
  if (isDropped(files)) return fillDropped(tree, files)
  if (isHandle(files)) return putHandle(tree, files, [])
  if (typeof (files as Iterable<unknown> | null)?.[Symbol.iterator] !== 'function') throw notFiles(files)
  for (const each of files) {
    if (isHandle(each)) await putHandle(tree, each, [])
    else if (isFile(each)) putFile(tree, each)
    else throw notFiles(each)
  }
}

const notFiles = (x: unknown): TypeError =>
  new TypeError(`datasetFromFiles: files is ${shown(x)}, expected a FileList, a DataTransfer, files or handles`)

async function putHandle(tree: Tree, handle: FileSystemHandle, path: readonly string[]): Promise<void> {
  const own = [...path, handle.name]
  if (handle.kind === 'file') {
    return put(tree, own, async (most) => bytesOf(await (handle as FileSystemFileHandle).getFile(), most))
  }
  for await (const inner of (handle as FileSystemDirectoryHandle).values()) await putHandle(tree, inner, own)
}

/** What was dropped is there only until the handler returns: entries are taken at once. */
async function fillDropped(tree: Tree, { items, files }: DataTransfer): Promise<void> {
  const entries = Array.from(items, (item) => item.webkitGetAsEntry?.()).filter((entry) => entry != null)
  if (!entries.length) for (const file of Array.from(files)) putFile(tree, file)
  for (const entry of entries) await putEntry(tree, entry)
}

async function putEntry(tree: Tree, entry: FileSystemEntry): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail))
    return putFile(tree, file, entry.fullPath)
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  for (;;) {
    // A part at a time; none at the end.
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail))
    if (!some.length) return
    for (const inner of some) await putEntry(tree, inner)
  }
}
