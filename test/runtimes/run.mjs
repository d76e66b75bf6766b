// Runs this folder's tests with its own Node 24: the drivers of browsers and of workerd need more than the package does.
// `npm run test:runtimes -- nodes` runs one file; any option of vitest may follow.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const node = join(here, 'node_modules/node-24/bin/node')
if (!existsSync(node)) {
  console.error('test:runtimes: the runtimes are not installed: run "npm ci --prefix test/runtimes", then again')
  process.exit(1)
}
const vitest = join(here, '../../node_modules/vitest/vitest.mjs')
const args = [vitest, 'run', '--config', join(here, 'vitest.config.ts'), ...process.argv.slice(2)]
const { status, signal } = spawnSync(node, args, { stdio: 'inherit', cwd: here })
process.exitCode = signal ? 1 : status
