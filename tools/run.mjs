// Runs a TypeScript file of bench/ on any Node: bundled by esbuild into build/, then imported. `node tools/run.mjs FILE [ARGS]`
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const [file, ...args] = process.argv.slice(2)
if (!file) {
  console.error('run: name a file: node tools/run.mjs bench/profile.ts vae')
  process.exit(2)
}
const outfile = join('build', 'bench', `${basename(file, '.ts')}.mjs`)
mkdirSync('build/bench', { recursive: true })
await build({
  entryPoints: [file], outfile, bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'warning',
})
process.argv = [process.argv[0], file, ...args]
try {
  await import(pathToFileURL(outfile).href)
} catch (error) {
  // What the user got wrong is one sentence; anything else is a bug and shows its stack.
  const mistake = error instanceof RangeError || error.name === 'GanglionError' || error.code?.startsWith('ERR_PARSE_ARGS')
  if (!mistake) throw error
  console.error(error.message)
  process.exitCode = 2
}
