// A folder of the disk, as src/pictures/folder.ts looks for pictures in it. Links are followed, but for those to folders within a
// class.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Directory } from '../pictures/folder.ts'
import type { PictureFile } from '../pictures/workers.ts'
import { HEADROOM } from '../pictures/decode.ts'
import { readData, unreadable } from './read.ts'

const read = (path: string, most: number): Promise<Uint8Array> => readData(path, most, HEADROOM)

/** The file of a picture. */
export const pictureFile = (path: string, label: number): PictureFile => ({ name: path, label, read: (most) => read(path, most) })

export const diskFolder = (path: string): Directory => ({
  path,
  folder: (name) => diskFolder(join(path, name)),
  read: (name, most) => read(join(path, name), most),
  async names() {
    const entries = await readdir(path, { withFileTypes: true }).catch((cause) => { throw unreadable(path, cause) })
    const [files, folders, links]: [string[], string[], Set<string>] = [[], [], new Set()]
    for (const entry of entries) {
      const { name } = entry
      const linked = entry.isSymbolicLink() && (await stat(join(path, name)).catch(() => null))?.isDirectory()
      if (linked) links.add(name)
      if (linked || entry.isDirectory()) folders.push(name)
      else files.push(name)
    }
    return { files, folders, links }
  },
})
