// config.json of a run folder: read, checked, and written.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { configFault, damagedConfig, formatConfig, parseConfig, type RunConfig } from '../checkpoint/config.ts'
import { loadedOptions } from '../checkpoint/options.ts'
import { GanglionError } from '../errors.ts'
import { isModelName, models } from '../models/kinds.ts'
import { check, record } from '../options.ts'
import { viewOf } from './commit.ts'
import { writeFileAtomic } from './files.ts'
import { pathRule } from './options.ts'
import { MOST_TEXT } from './read.ts'
import { CONFIG } from './run_files.ts'

/**
 * Writes config.json, readable.
 * @throws GanglionError when it cannot be written
 * @example
 * await saveConfig('runs/copy', await loadConfig('runs/mnist-vae'))
 */
export async function saveConfig(folder: string, config: RunConfig): Promise<void> {
  check('saveConfig', 'folder', folder, pathRule)
  check('saveConfig', 'config', config, record)
  let text: string
  try {
    text = formatConfig(config)
  } catch (cause) {
    throw new TypeError(`saveConfig: config is no plain data, as JSON has it: ${(cause as Error).message}`, { cause })
  }
  const fault = configFault(config)
  if (fault !== null) throw new TypeError(`saveConfig: config is not what a run writes: ${fault}`)
  await writeFileAtomic(join(folder, CONFIG), text)
}

/**
 * Reads and checks config.json.
 * @throws GanglionError when there is none, or it is not what a run writes
 * @example
 * const { model, training } = await loadConfig('runs/mnist-vae')
 */
export async function loadConfig(folder: string): Promise<RunConfig> {
  check('loadConfig', 'folder', folder, pathRule)
  const path = join(folder, CONFIG)
  const no = (why: string, cause?: unknown) => new GanglionError(`"${folder}" is not a run folder: ${why}; ` +
    'give a folder that "ganglion train" wrote', { cause })
  const bytes = await (await viewOf(folder)).read(CONFIG, MOST_TEXT).catch((cause: NodeJS.ErrnoException) => {
    if (cause instanceof GanglionError) throw cause
    throw no(cause.code === 'EISDIR' ? 'its config.json is a folder' : cause.message, cause)
  })
  if (!bytes) throw no(await why(folder))
  const config = parseConfig(new TextDecoder().decode(bytes), path)
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
async function why(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => null)
  return found ? found.isDirectory() ? 'it holds no config.json' : 'it is a file' : 'there is no such folder'
}
