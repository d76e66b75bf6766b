// Writes src/bench/golden.ts: SHA-256 of what the benchmark's kernels and models compute with the deterministic core. They
// are exact, and the same on every machine; whoever changes the order of a sum runs `npm run golden`, and says so.
import { writeFileSync } from 'node:fs'
import { bench } from '../../src/bench/bench.ts'

// Long enough for one round: digests do not depend on windows.
const { kernels, models } = await bench({ seconds: 0.1 })
const lines = [...kernels, ...models].map(({ name, digest }) => `  '${name}': '${digest}',`)
const text = `// Written by test/golden/bench.ts: SHA-256 of what the benchmark's kernels and models compute.
export const golden: Readonly<Record<string, string>> = {
${lines.join('\n')}
}
`
writeFileSync('src/bench/golden.ts', text)
console.log(`bench: ${lines.length} digests`)
