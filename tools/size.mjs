// The size of what a page downloads: the default entry bundled, minified and gzipped, the core inside. Fails above its
// budget, and where the bundle would need Node. Needs a build. `npm run size`
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const ENTRY = 'dist/index.js'
const BUDGET = 60_000

const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length

// With platform browser, esbuild refuses an import that only Node has.
const options = { entryPoints: [ENTRY], bundle: true, minify: true, format: 'esm', platform: 'browser', target: 'es2022' }
const { outputFiles, metafile } = await build({ ...options, write: false, metafile: true, logLevel: 'error' })
const [{ contents }] = outputFiles
const size = gzipped(contents)
const text = Buffer.from(contents).toString()
const core = gzipped(/['"]([A-Za-z0-9+/=]{4096,})['"]/.exec(text)?.[1] ?? '')

console.log(`default entry: ${size} bytes gzipped (budget ${BUDGET}): core ${core}, JavaScript ${size - core}`)
for (const file of ['ganglion.wasm', 'ganglion-relaxed.wasm']) {
  const bytes = readFileSync(`dist/${file}`)
  console.log(`${file}: ${gzipped(bytes)} bytes gzipped, ${bytes.length} raw`)
}

const outside = Object.values(metafile.outputs).flatMap(({ imports }) => imports).filter(({ external }) => external)
const faults = outside.map(({ path }) => `the default entry imports '${path}', which not every runtime has`)
if (/['"`]node:/.test(text)) faults.push("the default entry's text names a module of Node (node:…)")
if (size > BUDGET) faults.push(`the default entry is ${size - BUDGET} bytes over its budget`)
for (const fault of faults) console.error(`size: ${fault}`)
process.exitCode = faults.length ? 1 : 0
