// One executable of runtime, program and package, run in a folder without node_modules.
import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pose } from './lib/place.ts'
import { project, run } from './lib/project.ts'
import { expectSame, type Report } from './lib/report.ts'
import { bun, deno, RUNTIMES } from './lib/runtimes.ts'

/** Runs a project's executable `app` alone. */
async function alone(folder: string): Promise<void> {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  pose(empty, { most: 2 })
  const report = expectSame(JSON.parse(await run(join(folder, 'app'), [], { cwd: empty })) as Report, 2)
  expect(report.features.threads.available).toBe(true)
}

test('bun build --compile, with thread.js as a second entry beside the first', async ({ skip }) => {
  const { missing } = RUNTIMES.Bun
  if (missing) skip(`not run here: ${missing}`)
  const folder = project()
  copyFileSync(join(folder, 'node_modules/ganglion/dist/runtime/thread.js'), join(folder, 'thread.js'))
  await run(bun, ['build', '--compile', 'esm.mjs', 'thread.js', '--outfile', 'app'], { cwd: folder })
  await alone(folder)
})

test('deno compile, with thread.js taken along', async ({ skip }) => {
  const missing = RUNTIMES.Deno.missing ??
    (process.env['DENORT_BIN'] ? null : 'deno compile fetches its runtime from a server of its own; name a copy in DENORT_BIN')
  if (missing) skip(`not run here: ${missing}`)
  const folder = project()
  const thread = 'node_modules/ganglion/dist/runtime/thread.js'
  const args = ['compile', '--no-check', '--allow-read', '--include', thread, '--output', 'app', 'esm.mjs']
  await run(deno, args, { cwd: folder })
  await alone(folder)
})
