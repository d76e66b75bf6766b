// The models are written with what a user has: every value that they import is in the default entry or its namespaces.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as ganglion from '../src/entries/index.ts'

const { ops, layers, losses, optimizers, initializers, options } = ganglion
const known = new Set([ganglion, ops, layers, losses, optimizers, initializers, options].flatMap((space) => Object.keys(space)))

it.each(['autoencoder', 'vae', 'gan', 'dcgan'])('%s', (model) => {
  const source = readFileSync(new URL(`../src/models/${model}.ts`, import.meta.url), 'utf8')
  const imported = [...source.matchAll(/^import \{([^}]*)\} from/gms)].flatMap(([, names]) => names!.split(','))
    .map((name) => name.trim().split(' as ')[0]!).filter((name) => name && !name.startsWith('type '))
  expect(imported.length).toBeGreaterThan(5)
  expect(imported.filter((name) => !known.has(name))).toEqual([])
})
