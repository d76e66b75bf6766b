// `ganglion export RUN --format FORMAT`: a part of a trained model into a file, or a folder, of another tool's format.
import { join } from 'node:path'
import { checkExport, exportModel, formatNames, formats } from '../../export/export.ts'
import { fileNameOf } from '../../export/format.ts'
import { DEFAULT_PART, PARTS } from '../../export/part.ts'
import { checkFree, writeExported } from '../../node/exported.ts'
import type { Command } from '../command.ts'
import { flagsOfFormat, formatOptions } from '../format_options.ts'
import { choice, help, type Options, path, parse, UsageError, type Values } from '../options.ts'
import { folderOf, MODEL, openRun, RUN } from './picture.ts'

const all = formatNames.map((name) => formats[name])
const flags = all.map(({ name, options }) => [`Options of ${name}`, flagsOfFormat(options)] as const)

const common = {
  format: { value: 'FORMAT', help: formatNames.join(', '), read: choice(...formatNames) },
  part: { value: 'PART', help: `${PARTS.join(', ')}; sample needs the first`, read: choice(...PARTS), initial: DEFAULT_PART },
  model: MODEL,
  'class-names': {
    value: 'A,B…', help: 'what the classes of a model with classes are called', read: (text: string) => text.split(','),
    initial: "the run's",
  },
  out: {
    value: 'PATH', help: 'the file, or the folder of a format of several files', read: path,
    initial: 'RUN/PART and its suffix',
  },
  force: { help: 'replace the file, or those in the folder, where they are there already' },
  ...help,
} as const

export const exportRun: Command = {
  name: 'export',
  summary: "Take a trained model, or a part of it, to another tool's format",
  usage: 'RUN --format FORMAT [options]',
  notes: [RUN, ...all.map(({ name, summary }) => `${name}: ${summary}.`)],
  groups: [['Options', common], ...flags.filter(([, own]) => Object.keys(own).length)],
  examples: [
    ['export runs/vae --format npz', 'into runs/vae/generator.npz'],
    ['export runs/vae --format npz --part encoder --out e.npz', "the encoder's weights"],
  ],
  async run(args, io) {
    const own = Object.assign({}, ...flags.map(([, options]) => options)) as Options
    const { positionals, values } = parse(args, { ...own, ...common })
    const folder = folderOf('export', positionals)
    const { format: name, part = DEFAULT_PART, out, force = false, ...more } = values as Values<typeof common>
    if (name === undefined) throw new UsageError(`export expected --format and one of ${formatNames.join(', ')}`)
    const format = formats[name]
    const options = formatOptions(format, values, all)
    const place = out ?? join(folder, fileNameOf(format, part))
    await checkFree(place, format.folder, force)
    const run = await openRun(folder, more.model)
    checkExport(run.model.definition, format, part)
    const files = await exportModel(run, name, { ...options, part, classNames: more['class-names'] })
    await writeExported(place, files, { folder: format.folder, force })
    io.stdout.write(`${place}\n`)
    return 0
  },
}
