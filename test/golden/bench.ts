// Writes src/bench/golden.ts from src: the digests of what `ganglion bench` computes. `npm run golden`
import { writeFileSync } from 'node:fs'
import { golden } from '../../src/bench/golden.ts'
import { bench } from '../../src/bench/index.ts'

// Long enough for one round: digests do not depend on windows.
const { kernels, models } = await bench({ seconds: 0.1 })
const results = [...kernels, ...models]
const lines = results.map(({ name, digest }) => `  '${name}': '${digest}',\n`)
writeFileSync('src/bench/golden.ts',
  '// Written by `npm run golden`: SHA-256 of what the benchmark computes, on every machine.\n' +
  `export const golden: Readonly<Record<string, string>> = {\n${lines.join('')}}\n`)
const added = results.filter(({ name }) => !Object.hasOwn(golden, name)).map(({ name }) => name)
const changed = results.filter(({ name, result }) => result !== 'same' && !added.includes(name)).map(({ name }) => name)
console.log(`${results.length} digests; new: ${added.join(', ') || 'none'}; changed: ${changed.join(', ') || 'none'}`)
