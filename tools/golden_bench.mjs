// Writes src/bench/golden.ts from dist: the digests of what `ganglion bench` computes. They are exact, and the same on
// every machine; whoever changes the order of a sum runs `npm run golden`, which builds again after it, and says so.
import { writeFileSync } from 'node:fs'
import { bench } from '../dist/bench/index.js'

// Long enough for one round: digests do not depend on windows.
const { kernels, models } = await bench({ seconds: 0.1 })
const lines = [...kernels, ...models].map(({ name, digest }) => `  '${name}': '${digest}',`)
const text = `// Written by tools/golden_bench.mjs: SHA-256 of what the benchmark's kernels and models compute.
export const golden: Readonly<Record<string, string>> = {
${lines.join('\n')}
}
`
writeFileSync(new URL('../src/bench/golden.ts', import.meta.url), text)
console.log(`bench: ${lines.length} digests`)
