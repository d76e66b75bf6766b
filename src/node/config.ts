// config.json of a run folder: read, checked, and written.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { damagedConfig, formatConfig, parseConfig, type RunConfig } from '../checkpoint/config.ts'
import { loadedOptions } from '../checkpoint/options.ts'
import { GanglionError } from '../errors.ts'
import { isModelName, models } from '../models/kinds.ts'
import { writeFileAtomic } from './files.ts'
import { readText } from './read.ts'

/**
 * Writes config.json, readable.
 * @throws GanglionError when it cannot be written
 */
export function saveConfig(folder: string, config: RunConfig): Promise<void> {
  return writeFileAtomic(join(folder, 'config.json'), formatConfig(config))
}

/**
 * Reads and checks config.json.
 * @throws GanglionError when there is none, or it is not what a run writes
 */
export async function loadConfig(folder: string): Promise<RunConfig> {
  const path = join(folder, 'config.json')
  const text = await readText(path).catch(async (cause: NodeJS.ErrnoException) => {
    if (cause instanceof GanglionError) throw cause
    throw new GanglionError(`"${folder}" is not a run folder: ${await why(folder, cause)}; ` +
      'give a folder that "ganglion train" wrote', { cause })
  })
  const config = parseConfig(text, path)
  const { kind, options, module } = config.model
  if (module || !isModelName(kind)) return config
  try {
    models[kind](loadedOptions(options))
  } catch (cause) {
    throw damagedConfig(path, `model.options: ${(cause as Error).message}`, cause)
  }
  return config
}

/** Why there is no config.json to read. */
async function why(folder: string, { code, message }: NodeJS.ErrnoException): Promise<string> {
  if (code === 'EISDIR') return 'its config.json is a folder'
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return message
  const found = await stat(folder).catch(() => null)
  return found ? found.isDirectory() ? 'it holds no config.json' : 'it is a file' : 'there is no such folder'
}
