// A folder for data sets, for each test anew: the working folder while it runs. Importing this file sets it up.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, vi } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { loadDataset, type LoadOptions } from '../../src/node/datasets.ts'

export const ramp = (n: number, first = 0): Uint8Array => Uint8Array.from({ length: n }, (_, i) => first + i)

export let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ganglion-data-'))
  vi.spyOn(process, 'cwd').mockReturnValue(folder)
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})
export const put = (name: string, data: Uint8Array | string): void => writeFileSync(join(folder, name), data)
export const refuses = async (
  source: string, message: string, split?: 'train' | 'test', options: LoadOptions = {},
): Promise<void> => expect(loadDataset(source, { split, ...options })).rejects.toThrow(new GanglionError(message))
