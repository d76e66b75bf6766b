// What the page must know of the models before it loads any: `import models from 'virtual:models'` is plain data, asked of the
// package's public entries when the page is built. So a model that is added to the package is in the page.
import type { Plugin } from 'vite'
import type { ModelFacts, OptionFacts } from '../src/state/facts.ts'
import { type Exported, exported } from '../src/workers/kinds.ts'

const ID = 'virtual:models'
/** What the page has names and fields of its own for, or what the data decide. */
const ELSEWHERE = ['latent', 'learningRate', 'imageShape', 'classes']

type Option = Exported['kind']['options'][string]

/** An option as a form shows it. What it takes is found by trying. */
function optionOf(name: string, option: Option): OptionFacts {
  const { initial, help, expected } = option
  const takes = (x: unknown) => option.fault(x) === null
  if (typeof initial === 'number') {
    const range = { whole: !takes(0.5), min: takes(0) ? 0 : 1, below: takes(1) ? null : 1 }
    return { name, help, expected, initial: String(initial), range }
  }
  if (Array.isArray(initial)) return { name, help, expected, initial: initial.join(), length: initial.length }
  const quoted = [...expected.matchAll(/'([^']+)'/g)].flatMap(([, text]) => [...text!.split(','), text!])
  return { name, help, expected, initial: String(initial), choices: [...new Set(quoted)].filter(takes) }
}

function factsOf({ kind, name, entry }: Exported): ModelFacts {
  const { encode, evaluate, classes, codeShape } = kind({})
  const number = (option: string): number | null => {
    const { initial } = kind.options[option] ?? {}
    return typeof initial === 'number' ? initial : null
  }
  return {
    kind: kind.kind, summary: kind.summary, paper: kind.paper ?? '', name, entry,
    latent: number('latent'), rate: number('learningRate'), batch: kind.batchSize ?? null,
    encodes: encode !== undefined, judges: evaluate !== undefined, classes: classes !== undefined, codeShape: [...codeShape],
    options: Object.entries(kind.options).filter(([option]) => !ELSEWHERE.includes(option))
      .map(([option, of]) => optionOf(option, of)),
  }
}

/** Autoencoders first, and of each sort those of the default entry. */
const placeOf = ({ encodes, entry }: ModelFacts): number => (encodes ? 0 : 2) + (entry === 'ganglion' ? 0 : 1)

export const facts = (): ModelFacts[] => exported.map(factsOf)
  .sort((a, b) => placeOf(a) - placeOf(b) || a.kind.localeCompare(b.kind, 'en'))

export const models = (): Plugin => ({
  name: 'models',
  resolveId: (id) => (id === ID ? `\0${ID}` : null),
  load: (id) => (id === `\0${ID}` ? `export default ${JSON.stringify(facts())}` : null),
})
