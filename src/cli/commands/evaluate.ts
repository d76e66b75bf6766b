// `ganglion evaluate RUN`: a trained model's figures on images, as training reports them after each epoch.
import { GanglionError } from '../../errors.ts'
import { evaluateInTurns } from '../../train/evaluate.ts'
import type { Command } from '../command.ts'
import { fittingData, saySkipped } from '../data.ts'
import { figures as shown } from '../format.ts'
import { help, parse } from '../options.ts'
import { DATA, folderOf, MAX_BYTES, MODEL, openRun, RUN } from './picture.ts'

const options = {
  data: DATA,
  'max-bytes': MAX_BYTES,
  model: MODEL,
  json: { help: 'one JSON object instead of text' },
  ...help,
} as const

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'Judge a trained model by test images, or training images where there are no others',
  usage: 'RUN [options]',
  notes: [RUN],
  groups: [['Options', options]],
  examples: [
    ['evaluate runs/vae', 'means over the test images that the run was judged by'],
    ['evaluate runs/vae --data fashion --json', 'over others, for a program'],
  ],
  async run(args, io) {
    const { positionals, values } = parse(args, options)
    const folder = folderOf('evaluate', positionals)
    const { config, model } = await openRun(folder, values.model)
    const { kind } = model.definition
    if (!model.definition.evaluate) {
      throw new GanglionError(`a ${kind} has no figure of its own on images; look at what "ganglion sample ${folder}" draws`)
    }
    const { data, split } = await fittingData(values.data ?? config.data?.source, folder, model, values['max-bytes'])
    saySkipped(data, io)
    const figures = await evaluateInTurns(model, data)
    io.stdout.write(values.json ? `${JSON.stringify({ figures, images: data.count, split, data: data.name })}\n`
      : `${shown(figures).join('  ')}  (${data.count} ${split === 'test' ? 'test' : 'training'} images of ${data.name})\n`)
    return 0
  },
}
