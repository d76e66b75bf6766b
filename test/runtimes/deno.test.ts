// Deno, allowed to read files and no more.
import { missing, module, project, run } from './lib/project.ts'
import { runtimeTest } from './lib/runtime.ts'

const deno = module('@deno/linux-x64-glibc/deno')
const start = (...args: string[]) => run(deno, ['run', '--no-prompt', '--allow-read', ...args], { cwd: project() })

runtimeTest('Deno', {
  missing: missing(deno, 'npm deno'),
  threads: true,
  version: async () => /^deno (\S+)/.exec(await run(deno, ['--version'], { cwd: '/' }))![1]!,
  report: async () => JSON.parse(await start('esm.mjs')),
  speed: async (seconds) => Number(await start('speed.mjs', String(seconds))),
})
