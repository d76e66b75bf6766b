// Writes src/bench/golden.ts from src: the digests of what `ganglion bench` computes. `npm run golden`
import { writeFileSync } from 'node:fs'
import { bench } from '../../src/bench/index.ts'

// Long enough for one round: digests do not depend on windows.
const { kernels, models } = await bench({ seconds: 0.1 })
const results = [...kernels, ...models]
const lines = results.map(({ name, digest }) => `  '${name}': '${digest}',\n`)
writeFileSync('src/bench/golden.ts',
  '// Written by `npm run golden`: SHA-256 of what the benchmark computes, on every machine.\n' +
  `export const golden: Readonly<Record<string, string>> = {\n${lines.join('')}}\n`)
const changed = results.filter(({ result }) => result !== 'same').map(({ name }) => name)
console.log(`${results.length} digests; ${changed.length ? `changed: ${changed.join(', ')}` : 'none changed'}`)
