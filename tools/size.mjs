// The size of what a page downloads: the default entry bundled, minified and gzipped, the core inside. Fails above its
// budget, and where the bundle would need Node. Needs a build. `npm run size`
import { readdirSync, readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const ENTRY = 'dist/index.js'
const BUDGET = 60_000

const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length

// With platform browser, esbuild refuses an import that only Node has.
const options = { entryPoints: [ENTRY], bundle: true, minify: true, format: 'esm', platform: 'browser', target: 'es2022' }
// Split, because the cores for threads and relaxed precision are loaded when asked for; only what the entry needs counts.
const { outputFiles, metafile } = await build({
  ...options, splitting: true, outdir: 'build/size', write: false, metafile: true, logLevel: 'error',
})
const chunks = new Map(Object.entries(metafile.outputs).map(([path, { imports }]) => [path, imports]))
const needed = (path) => [path, ...chunks.get(path).filter(({ kind, external }) => !external && kind !== 'dynamic-import').flatMap(({ path }) => needed(path))]
const loaded = new Set(needed('build/size/index.js'))
const contents = Buffer.concat(outputFiles.filter(({ path }) => loaded.has(relative('.', path))).map(({ contents }) => contents))
const size = gzipped(contents)
const text = contents.toString()
const core = gzipped(/['"]([A-Za-z0-9+/=]{4096,})['"]/.exec(text)?.[1] ?? '')

console.log(`default entry: ${size} bytes gzipped (budget ${BUDGET}): core ${core}, JavaScript ${size - core}`)
for (const file of readdirSync('dist').filter((name) => name.endsWith('.wasm'))) {
  const bytes = readFileSync(`dist/${file}`)
  console.log(`${file}: ${gzipped(bytes)} bytes gzipped, ${bytes.length} raw`)
}

const outside = Object.values(metafile.outputs).flatMap(({ imports }) => imports).filter(({ external }) => external)
const faults = outside.map(({ path }) => `the default entry imports '${path}', which not every runtime has`)
if (/['"`]node:/.test(text)) faults.push("the default entry's text names a module of Node (node:…)")
if (size > BUDGET) faults.push(`the default entry is ${size - BUDGET} bytes over its budget`)
for (const fault of faults) console.error(`size: ${fault}`)
process.exitCode = faults.length ? 1 : 0
