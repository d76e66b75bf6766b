// Builds everything: the wasm cores, their inlined copy, and the TypeScript. A compiler warning is an error.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)

/** The core's entry files: the tape loop and every file of kernels. */
const entries = ['assembly/tape.ts', ...readdirSync('assembly/kernels').filter((f) => f.endsWith('.ts')).sort().map((f) => `assembly/kernels/${f}`)]

async function core(target) {
  const { error, stdout, stderr } = await asc.main([...entries, '--target', target])
  const said = stdout.toString() + stderr.toString()
  if (said) process.stderr.write(said)
  if (error || /WARNING|ERROR/.test(said)) throw new Error(`asc failed on target ${target}`)
}

function inline() {
  const base64 = (file) => readFileSync(file).toString('base64')
  writeFileSync(
    'src/runtime/core.generated.ts',
    `// Written by tools/build.mjs: the deterministic core, base64.\nexport const core = '${base64('build/ganglion.wasm')}'\n`,
  )
}

function typescript() {
  rmSync('dist', { recursive: true, force: true })
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], { stdio: 'inherit' })
  if (status !== 0) throw new Error('tsc failed')
}

mkdirSync('build', { recursive: true })
try {
  const only = process.argv[2]
  for (const target of ['simd', 'relaxed']) await core(target)
  inline()
  if (only !== 'core') typescript()
} catch (error) {
  console.error(`build: ${error.message}`)
  process.exit(1)
}
