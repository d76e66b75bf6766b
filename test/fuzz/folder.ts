// A folder on the disk for one input of the fuzz.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of files with these bytes, while `work` runs. */
export async function inFolder<T>(
  files: Readonly<Record<string, Uint8Array | string>>, work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'ganglion-fuzz-'))
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes)
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
