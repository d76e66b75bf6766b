// The models are written with what a user has: every value that they import is in the default entry or its namespaces, or of a
// file beside them for which the same holds.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as ganglion from '../src/entries/index.ts'
import { modelNames } from '../src/models/kinds.ts'

const { ops, layers, losses, optimizers, initializers, options } = ganglion
const known = new Set([ganglion, ops, layers, losses, optimizers, initializers, options].flatMap((space) => Object.keys(space)))

/** The values that a file of src/models imports and users do not have. */
function hidden(file: string): string[] {
  const source = readFileSync(new URL(`../src/models/${file}`, import.meta.url), 'utf8')
  const imports = [...source.matchAll(/^import \{([^}]*)\} from '(.*)'/gm)]
  return imports.flatMap(([, names, from]) => {
    const all = names!.split(',').map((name) => name.trim().split(' as ')[0]!)
    const values = all.filter((name) => name && !name.startsWith('type '))
    const unknown = values.filter((name) => !known.has(name))
    return unknown.length && from!.startsWith('./') ? hidden(from!.slice(2)) : unknown
  })
}

it.each(modelNames)('%s', (model) => expect(hidden(`${model.replaceAll('-', '_')}.ts`)).toEqual([]))

it('finds what they import', () => (
  expect(hidden('kind.ts')).toEqual(['plainOptions', 'callable', 'isFunction', 'isRecord', 'record'])))
