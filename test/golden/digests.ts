// Writes src/verify/golden.ts from src: the digest of each recipe of `verify`. `npm run golden`
import { writeFileSync } from 'node:fs'
import { golden } from '../../src/verify/golden.ts'
import { verify } from '../../src/verify/index.ts'

const { results } = await verify()
const failed = results.find(({ error }) => error)
if (failed) throw new Error(`the recipe ${failed.name} failed: ${failed.error}`)
const lines = results.map(({ name, digest }) => `  '${name}': '${digest}',\n`)
writeFileSync('src/verify/golden.ts', '// Written by `npm run golden`: the digest of every recipe, on every machine.\n' +
  `export const golden: Readonly<Record<string, string>> = {\n${lines.join('')}}\n`)
const added = results.filter(({ name }) => !Object.hasOwn(golden, name)).map(({ name }) => name)
const changed = results.filter(({ name, ok }) => !ok && !added.includes(name)).map(({ name }) => name)
console.log(`${results.length} digests; new: ${added.join(', ') || 'none'}; changed: ${changed.join(', ') || 'none'}`)
