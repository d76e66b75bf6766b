// Bun, from the binary in its platform's package: the link that an install script would make is not needed.
import { missing, module, project, run } from './lib/project.ts'
import { runtimeTest } from './lib/runtime.ts'

const bun = module('@oven/bun-linux-x64/bin/bun')
const start = (...args: string[]) => run(bun, args, { cwd: project() })

runtimeTest('Bun', {
  missing: missing(bun, 'npm bun'),
  threads: true,
  version: () => run(bun, ['--version'], { cwd: '/' }),
  report: async () => JSON.parse(await start('esm.mjs')),
  speed: async (seconds) => Number(await start('speed.mjs', String(seconds))),
})
