// `ganglion models`: which models there are, and what options they take.
import { isModelName, modelNames, models as all } from '../../models/kinds.ts'
import { type Command, columns } from '../command.ts'
import { flagsOf } from '../model_options.ts'
import { nearest } from '../nearest.ts'
import { help, parse, UsageError } from '../options.ts'

const options = { json: { help: 'one JSON object instead of text' }, ...help } as const

export const models: Command = {
  name: 'models',
  summary: 'List the models that can be trained, and their options',
  usage: '[MODEL…] [options]',
  groups: [['Options', options]],
  examples: [['models', 'all of them'], ['models vae --json', 'one, for a program']],
  run(args, { stdout }) {
    const { values, positionals } = parse(args, options)
    const unknown = positionals.find((name) => !isModelName(name))
    if (unknown !== undefined) {
      const hint = nearest(unknown, modelNames) || `; the models are ${modelNames.join(', ')}`
      throw new UsageError(`unknown model "${unknown}"${hint}`)
    }
    const kinds = modelNames.filter((name) => !positionals.length || positionals.includes(name)).map((name) => all[name])
    if (values.json) {
      const facts = kinds.map(({ kind, summary, paper, images, options: schema }) => [kind, {
        summary, paper, ...(images && { images }),
        options: Object.fromEntries(Object.entries(schema).map(([name, { initial, help: said, expected }]) => (
          [name, { default: initial, expected, help: said }]
        ))),
      }])
      stdout.write(`${JSON.stringify(Object.fromEntries(facts))}\n`)
    } else stdout.write(`${kinds.map(described).join('\n\n')}\n`)
    return Promise.resolve(0)
  },
}

/** A model's name and summary, its paper, and a line for each of its flags. */
function described(kind: (typeof all)[keyof typeof all]): string {
  const flags = Object.entries(flagsOf([kind])).map(([flag, { value, help: said, initial }]) => (
    [`--${flag} ${value}`, `${said} [${initial}]`] as const
  ))
  const takes = kind.images ? `; takes ${kind.images}` : ''
  return [`${kind.kind}: ${kind.summary}`, `  ${kind.paper}${takes}`, ...columns(flags)].join('\n')
}
