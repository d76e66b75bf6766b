// `ganglion models`: which models there are, what for, what a step of each costs here; the options of those that are named.
import { defineFor, isModelName, modelNames, type ModelName, models as all } from '../../models/kinds.ts'
import { GanglionError } from '../../errors.ts'
import { createRuntime, type Runtime } from '../../runtime/create_runtime.ts'
import { type Command, columns } from '../command.ts'
import { type Cost, costOf } from '../cost.ts'
import { pictureOptions } from '../data_options.ts'
import { flagsOf } from '../model_options.ts'
import { nearest } from '../nearest.ts'
import { automaticWide, help, integer, parse, UsageError } from '../options.ts'

const SIDE = 28
const CHANNELS = 1
/** Of the images of models that are conditional. */
const CLASSES = 10

const options = {
  size: { ...pictureOptions.size, help: 'of the images that a step is measured on', initial: `${SIDE}` },
  channels: { ...pictureOptions.channels, initial: `${CHANNELS}` },
  'batch-size': { value: 'N', help: 'images in that step', read: integer(1), initial: 'a small one, by model' },
  json: { help: 'one JSON object instead of text' },
  ...help,
} as const

export const models: Command = {
  name: 'models',
  summary: 'List the models that can be trained: what for, what a step costs here; their options',
  usage: '[MODEL…] [options]',
  notes: [
    'Each model is made at its defaults, and some steps are run on one thread: for all, some seconds of processor time.',
    'The options of models that are named are listed too.',
  ],
  groups: [['Options', options]],
  examples: [
    ['models', 'all of them'],
    ['models vae --json', 'one, for a program'],
    ['models --size 64 --channels 3', 'what steps on colour pictures of 64x64 cost'],
  ],
  async run(args, { stdout }) {
    const { values, positionals } = parse(args, options)
    const unknown = positionals.find((name) => !isModelName(name))
    if (unknown !== undefined) {
      const hint = nearest(unknown, modelNames) || `; the models are ${modelNames.join(', ')}`
      throw new UsageError(`unknown model "${unknown}"${hint}`)
    }
    const { size: [height, width] = [SIDE, SIDE], channels = CHANNELS, json } = values
    const runtime = await createRuntime({ wide: automaticWide() })
    const listed: Record<string, object> = {}
    for (const name of modelNames.filter((each) => !positionals.length || positionals.includes(each))) {
      const step = await measured(runtime, name, [height, width, channels], values['batch-size'])
      if (json) listed[name] = facts(name, step)
      else stdout.write(`${described(name, step, positionals.length > 0)}\n`)
    }
    if (json) stdout.write(`${JSON.stringify(listed)}\n`)
    return 0
  },
}

interface Step extends Cost {
  readonly imageShape: readonly number[]
  readonly batchSize: number
}

/** What a step costs, or why there is none: images that the model does not take, or more than memory holds. */
async function measured(
  runtime: Runtime, name: ModelName, imageShape: [number, number, number], batch: number | undefined,
): Promise<Step | string> {
  const batchSize = batch ?? all[name].bench.batchSize
  try {
    return { imageShape, batchSize, ...await costOf(runtime, defineFor(imageShape, name, {}, CLASSES), batchSize) }
  } catch (error) {
    if (error instanceof GanglionError) return error.message
    throw error
  }
}

function facts(name: ModelName, step: Step | string): object {
  const { summary, paper, images, options: schema } = all[name]
  return {
    summary, paper, ...(images && { images }), ...(typeof step === 'string' ? { refused: step } : { step }),
    options: Object.fromEntries(Object.entries(schema).map(([option, { initial, help: said, expected }]) => (
      [option, { default: initial, expected, help: said }]
    ))),
  }
}

/** A model's name and summary, its paper and cost; a line for each of its flags where they are wanted. */
function described(name: ModelName, step: Step | string, flags: boolean): string {
  const kind = all[name]
  const takes = kind.images ? `; takes ${kind.images}` : ''
  const lines = [`${name}: ${kind.summary}`, `  ${kind.paper}${takes}`, `  ${typeof step === 'string' ? step : costs(step)}`]
  if (!flags) return lines.join('\n')
  const rows = Object.entries(flagsOf([kind])).map(([flag, { value, help: said, initial }]) => (
    [`--${flag} ${value}`, `${said} [${initial}]`] as const
  ))
  return [...lines, ...columns(rows)].join('\n')
}

function costs({ parameters, milliseconds, batchSize, imageShape }: Step): string {
  const each = milliseconds / batchSize
  return `${counted(parameters)} parameters; a step of ${batchSize} images of ${imageShape.join('x')}: ` +
    `${milliseconds.toPrecision(3)} ms here, ${each.toPrecision(2)} ms an image`
}

/** To two digits: 0.65 million, 6.4 thousand. */
const counted = (n: number): string =>
  (n >= 1e5 ? `${Number((n / 1e6).toPrecision(2))} million` : `${Number((n / 1e3).toPrecision(2))} thousand`)
