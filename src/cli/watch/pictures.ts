// The pictures of a run's epochs. Invariant: what is read is a file that lies in the run's own folder, where no link leads away.
import { lstat, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import type { Picture } from '../../checkpoint/pictures.ts'
import { pictureFile } from '../../node/run_files.ts'
import { readRegular } from '../../node/read.ts'
import type { Drawn } from './news.ts'

const MOST_PICTURE = 2 ** 26

/** The last picture by an epoch: pictures come after the figures of their epoch, and of the first there are no figures. */
export async function lastPicture(run: string, kind: Picture, epoch: number): Promise<Drawn | undefined> {
  for (const drawn of new Set([epoch, Math.max(0, epoch - 1), 0])) {
    const entry = await lstat(join(run, pictureFile(kind, { epoch: drawn }))).catch(() => undefined)
    if (entry?.isFile()) return { epoch: drawn, mark: entry.mtimeMs }
  }
  return undefined
}

/** The bytes of a picture; undefined where there is none, or a link is in its place or in that of a folder around it. */
export async function pictureOf(run: string, kind: Picture, epoch: number): Promise<Uint8Array | undefined> {
  const name = pictureFile(kind, { epoch })
  try {
    const path = join(await realpath(run), name)
    return await realpath(path) === path ? await readRegular(path, MOST_PICTURE) : undefined
  } catch {
    return undefined
  }
}
