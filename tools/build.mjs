// Builds the wasm cores, and dist from src: bundled JavaScript with source maps, and types. A warning is an error.
// Invariant: dist is replaced whole, so no stale file stays, and only after a build without errors.
// `node tools/build.mjs [core] [all | CORE…]`: the cores that this machine's command line takes, or all, or those that are
// named; `core` stops after them. CONTRIBUTING, "Packaging", says why not all are built every time.
import { chmodSync, copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.mjs'
import { compile } from './compile.mjs'
import { buildCores, freshCores, targetsOf } from './cores.mjs'
import { writeExported } from './exported.mjs'
import { writePictures } from './pictures.mjs'
import { DIST_STAMP, distSources, hashOf } from './sources.mjs'
import { writeTiles } from './tiles.mjs'
import { writeWatchPage } from './watch_page.mjs'

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '..'))

const CLI = 'dist/cli/main.js'
const CONTRACT = 'src/graph/contract.generated.ts'

/** What host and core agree on, in TypeScript; written where the core has changed, because the parser is slow to load. */
async function writeContract() {
  const hash = hashOf('assembly', 'tools/contract.mjs')
  if (existsSync(CONTRACT) && readFileSync(CONTRACT, 'utf8').includes(hash)) return
  const { contract } = await import('./contract.mjs')
  writeFileSync(CONTRACT, contract(hash))
}

/** The package's version, for what runs where no file can be read. */
function writeVersion() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
  const text = `// Written by tools/build.mjs from package.json.\nexport const version: string = '${version}'\n`
  const file = 'src/version.generated.ts'
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
}

async function dist() {
  // Beside dist, so that the source maps' paths hold once it is in its place.
  const made = 'dist.new'
  const wanted = distSources()
  if (existsSync(CLI) && existsSync(DIST_STAMP) && readFileSync(DIST_STAMP, 'utf8') === wanted) return
  rmSync(made, { recursive: true, force: true })
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--emitDeclarationOnly', '--noEmitOnError']
  await Promise.all([compile('tsc', [...tsc, '--outDir', made]), bundle(made)])
  for (const file of freshCores()) copyFileSync(`build/${file}`, `${made}/${file}`)
  rmSync(DIST_STAMP, { force: true })
  rmSync('dist', { recursive: true, force: true })
  renameSync(made, 'dist')
  chmodSync(CLI, 0o755)
  writeFileSync(DIST_STAMP, wanted)
}

try {
  const [first, ...rest] = process.argv.slice(2)
  const coresOnly = first === 'core'
  writeVersion()
  writeTiles()
  await writeExported()
  await writeWatchPage()
  await writeContract()
  await writePictures()
  await buildCores(targetsOf(coresOnly || !first ? rest : [first, ...rest]))
  if (!coresOnly) await dist()
} catch (error) {
  console.error(`build: ${error.message}`)
  process.exitCode = 1
}
