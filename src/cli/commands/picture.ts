// What sample, reconstruct, interpolate and map have in common: a run in, one PNG out.
import { join, resolve } from 'node:path'
import { GanglionError } from '../../errors.ts'
import { writeFileAtomic } from '../../node/files.ts'
import { isRunPicture } from '../../node/run_files.ts'
import type { RunConfig } from '../../checkpoint/config.ts'
import { ARRAY_FILES } from '../../node/array_files.ts'
import { moduleModel } from '../../node/model_source.ts'
import { MOST_BYTES } from '../../node/read.ts'
import { loadRun, type Run } from '../../node/run.ts'
import { NAMES } from '../../node/sources.ts'
import type { Model } from '../../train/model.ts'
import type { Command } from '../command.ts'
import type { Io } from '../io.ts'
import { help, integer, type Options, parse, pngName, path, UsageError, type Values } from '../options.ts'
import { tidyRun } from '../run_lock.ts'

export const RUN = 'RUN is the folder that "ganglion train" wrote.'

/** Files that hold a data set, as people call them. */
export const FILES = [...Object.values(ARRAY_FILES).map(({ name }) => name), 'IDX']

/** The option for the images to take; by default the run's. */
export const DATA = {
  value: 'DATA', read: path,
  help: `${NAMES.join(', ')}, a folder of pictures (PNG, JPEG, WebP) or of IDX files, or a file (${FILES.join(', ')})`,
  initial: "the run's",
} as const

/** The option for what images may take. */
export const MAX_BYTES = {
  value: 'N', help: 'the most bytes that images may unpack to; one picture may take an eighth', read: integer(1),
  initial: MOST_BYTES,
} as const

/** The option for the module of a model of one's own. */
export const MODEL = {
  value: 'FILE', help: 'the module that makes a model of your own', initial: "the run's", read: path,
} as const

/** The run in a folder, its model made by a module in place of the run's where one is given. */
export async function openRun(folder: string, model: string | undefined): Promise<Run> {
  const run = await loadRun(folder, model === undefined ? {} : { define: (await moduleModel(model)).define })
  await tidyRun(folder)
  return run
}

/** The one folder that a command takes. */
export function folderOf(name: string, [folder, more]: readonly string[]): string {
  if (folder === undefined) throw new UsageError(`${name} expected the folder of a run`)
  if (more !== undefined) throw new UsageError(`${name} expected one folder, got "${more}" too`)
  return folder
}

interface Picture<O extends Options> extends Pick<Command, 'name' | 'summary' | 'examples' | 'notes'> {
  readonly options: O
  draw(run: { config: RunConfig, model: Model, folder: string }, values: Values<O>, io: Io): Promise<Uint8Array> | Uint8Array
}

export function pictureCommand<O extends Options>(
  { name, summary, examples, notes = [], options: own, draw }: Picture<O>,
): Command {
  const common = {
    model: MODEL, out: { value: 'FILE', help: 'the PNG to write', read: pngName, initial: `RUN/${name}.png` },
  } as const
  const options = { ...own, ...common, ...help }
  return {
    name,
    summary,
    usage: 'RUN [options]',
    notes: [RUN, ...notes],
    groups: [['Options', options]],
    examples,
    async run(args, io) {
      const { positionals, values } = parse(args, options)
      const folder = folderOf(name, positionals)
      const { out, model: module } = values as Values<typeof common>
      const path = out ?? join(folder, `${name}.png`)
      if (isRunPicture(resolve(path))) {
        throw new GanglionError(`"${path}" is a picture that training keeps, and is left as it is; give --out another name`)
      }
      const { config, model } = await openRun(folder, module)
      await writeFileAtomic(path, await draw({ config, model, folder }, values, io))
      io.stdout.write(`${path}\n`)
      return 0
    },
  }
}
