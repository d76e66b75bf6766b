// Before all tests: the package as a stranger gets it, packed, and installed without install scripts into a project beside
// no other node_modules. After them: the table, from what the tests put down.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestProject } from 'vitest/node'
import { built } from '../dist.ts'
import { writeStandalone } from './lib/standalone.ts'
import { writeTable } from './lib/table.ts'

const root = resolve(import.meta.dirname, '../..')

declare module 'vitest' {
  interface ProvidedContext {
    /** A folder with the project that has ganglion installed. */
    installed: string
    /** A folder where each runtime's test puts a row of the table. */
    rows: string
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  process.chdir(root)
  built('index.js')
  const folder = mkdtempSync(join(tmpdir(), 'ganglion-runtimes-'))
  const [installed, rows] = ['installed', 'rows'].map((name) => join(folder, name)) as [string, string]
  mkdirSync(installed)
  mkdirSync(rows)
  const npm = (cwd: string, ...args: string[]) =>
    execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const [packed] = JSON.parse(npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder))
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  npm(installed, 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', join(folder, packed.filename))
  cpSync(join(import.meta.dirname, 'programs'), installed, { recursive: true })
  await writeStandalone(join(installed, 'standalone'))
  project.provide('installed', installed)
  project.provide('rows', rows)
  return () => {
    writeTable(rows)
    rmSync(folder, { recursive: true, force: true })
  }
}
