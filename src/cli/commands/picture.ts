// What sample, reconstruct and interpolate have in common: a run in, one PNG out.
import { join, resolve } from 'node:path'
import { GanglionError } from '../../errors.ts'
import { isRunPicture, writeFileAtomic } from '../../node/files.ts'
import type { RunConfig } from '../../node/config.ts'
import { loadRun } from '../../node/run.ts'
import type { Model } from '../../train/model.ts'
import type { Command } from '../command.ts'
import { help, type Options, parse, pngName, text, UsageError, type Values } from '../options.ts'

export const RUN = 'RUN is the folder that "ganglion train" wrote.'

/** The option for other images than the run's. */
export const DATA = {
  value: 'DATA', help: 'mnist, fashion, a folder of IDX or of PNG files, or an IDX file', initial: "the run's", read: text,
} as const

/** The one folder that a command takes. */
export function folderOf(name: string, [folder, more]: readonly string[]): string {
  if (folder === undefined) throw new UsageError(`${name} expected the folder of a run`)
  if (more !== undefined) throw new UsageError(`${name} expected one folder, got "${more}" too`)
  return folder
}

interface Picture<O extends Options> extends Pick<Command, 'name' | 'summary' | 'examples'> {
  readonly options: O
  draw(run: { config: RunConfig, model: Model, folder: string }, values: Values<O>): Promise<Uint8Array> | Uint8Array
}

export function pictureCommand<O extends Options>({ name, summary, examples, options: own, draw }: Picture<O>): Command {
  const out = { out: { value: 'FILE', help: 'the PNG to write', read: pngName, initial: `RUN/${name}.png` } } as const
  const options = { ...own, ...out, ...help }
  return {
    name,
    summary,
    usage: 'RUN [options]',
    notes: [RUN],
    groups: [['Options', options]],
    examples,
    async run(args, { stdout }) {
      const { positionals, values } = parse(args, options)
      const folder = folderOf(name, positionals)
      const path = (values as Values<typeof out>).out ?? join(folder, `${name}.png`)
      if (isRunPicture(resolve(path))) {
        throw new GanglionError(`"${path}" is a picture that training keeps, and is left as it is; give --out another name`)
      }
      const { config, model } = await loadRun(folder)
      await writeFileAtomic(path, await draw({ config, model, folder }, values))
      stdout.write(`${path}\n`)
      return 0
    },
  }
}
