// `ganglion evaluate RUN`: a trained model's figures on images, as training reports them after each epoch.
import { GanglionError } from '../../errors.ts'
import { evaluateInTurns } from '../../train/evaluate.ts'
import { negativeLogLikelihood } from '../../metrics/likelihood.ts'
import type { Command } from '../command.ts'
import { fittingData } from '../data.ts'
import { distribution, NEIGHBOURS } from '../distribution.ts'
import { figures as shown } from '../format.ts'
import { help, integer, parse, seed } from '../options.ts'
import { mixtureCodes, samplerOptions } from '../sampler.ts'
import { sayData } from '../say_data.ts'
import { DATA, folderOf, MAX_BYTES, MODEL, openRun, RUN } from './picture.ts'

/** As many as the figures of papers on small images have. */
const SAMPLES = 10_000

const options = {
  data: DATA,
  'max-bytes': MAX_BYTES,
  model: MODEL,
  samples: { value: 'N', read: integer(0, 100_000), initial: SAMPLES, help: 'images made, to compare with the data; 0: none' },
  seed: { value: 'N', read: seed, initial: 1, help: 'what the samples are drawn from' },
  ...samplerOptions,
  nll: { value: 'K', read: integer(1, 100_000), help: 'estimate the negative log-likelihood by K codes an image (200, say)' },
  json: { help: 'one JSON object instead of text' },
  ...help,
} as const

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'Judge a trained model, and the images that it makes, by test images, or by others where there are none',
  usage: 'RUN [options]',
  notes: [RUN],
  groups: [['Options', options]],
  examples: [
    ['evaluate runs/vae', "its own figures, and how near samples are to test images"],
    ['evaluate runs/rae --sampler gaussian-mixture', 'samples of codes where those of training images are'],
    ['evaluate runs/vae --nll 200 --samples 0', 'the negative log-likelihood by importance sampling, in nats'],
    ['evaluate runs/vae --data fashion --json', 'over others, for a program'],
  ],
  async run(args, io) {
    const { positionals, values } = parse(args, options)
    const folder = folderOf('evaluate', positionals)
    const { config, model } = await openRun(folder, values.model)
    const { kind, evaluate: own, importanceWeights } = model.definition
    const { seed: drawn = 1, nll: codes } = values
    if (codes && !importanceWeights) throw new GanglionError(`a ${kind} has no likelihood to estimate; leave out --nll`)
    if (!own && values.samples === 0) throw new GanglionError(`a ${kind} has no figures of its own; leave out --samples 0`)
    const { data, split } = await fittingData(values.data, config, folder, model, values['max-bytes'])
    sayData(data, io, true)
    // Too few images to compare with are no fault where nobody asked for it.
    const samples = values.samples ?? (own && data.count <= NEIGHBOURS ? 0 : SAMPLES)
    const figures: Record<string, number> = own ? await evaluateInTurns(model, data) : {}
    if (codes) figures['nll'] = await negativeLogLikelihood(model, data, { codes })
    const of = { config, model, folder, count: samples, seed: drawn, maxBytes: values['max-bytes'] }
    const made = samples && await distribution(model, data, samples, drawn, await mixtureCodes(values, of, io))
    if (values.json) {
      const all = { figures, images: data.count, split, data: data.name, ...(made && { distribution: made }) }
      io.stdout.write(`${JSON.stringify(all)}\n`)
      return 0
    }
    const images = `${data.count} ${split === 'test' ? 'test' : 'training'} images of ${data.name}`
    if (Object.keys(figures).length) io.stdout.write(`${shown(figures).join('  ')}  (${images})\n`)
    if (made) io.stdout.write(`${shown({ ...made.figures }).join('  ')}  (${samples} samples beside ${images}, features of ` +
      `${made.features.name} ${made.features.digest.slice(0, 8)})\n`)
    return 0
  },
}
