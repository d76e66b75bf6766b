// What the page must know of the models before it loads any: `import models from 'virtual:models'` is plain data, asked of the
// package's public entry when the page is built. So a model that is added to the package is in the page.
import type { Plugin } from 'vite'
import * as ganglion from 'ganglion'
import type { ModelFacts } from '../src/state/facts.ts'

const ID = 'virtual:models'

/** Models with classes want a label with each code, which the views do not give. */
const isShown = (kind: ganglion.ModelKind): boolean => kind({}).classes === undefined
const isKind = (x: unknown): x is ganglion.ModelKind => typeof x === 'function' && 'kind' in x && 'summary' in x && 'options' in x

function factsOf(kind: ganglion.ModelKind): ModelFacts {
  const { encode, evaluate, codeShape } = kind({})
  const number = (name: string): number | null => {
    const { initial } = (kind.options[name] ?? {}) as { readonly initial?: unknown }
    return typeof initial === 'number' ? initial : null
  }
  return {
    kind: kind.kind, summary: kind.summary, latent: number('latent'), rate: number('learningRate'),
    encodes: encode !== undefined, judges: evaluate !== undefined, codeShape: [...codeShape],
  }
}

export const facts = (): ModelFacts[] => Object.values(ganglion as Record<string, unknown>)
  .filter(isKind).filter(isShown).map(factsOf).sort((a, b) => a.kind.localeCompare(b.kind, 'en'))

export const models = (): Plugin => ({
  name: 'models',
  resolveId: (id) => (id === ID ? `\0${ID}` : null),
  load: (id) => (id === `\0${ID}` ? `export default ${JSON.stringify(facts())}` : null),
})
