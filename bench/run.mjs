// `npm run bench`: builds the cores that the command line asks for, then bundles and runs bench/main.ts.
import { execFileSync } from 'node:child_process'

const args = process.argv.slice(2)
const variant = ['relaxed', 'wide'].filter((name) => args.includes(`--${name}`)).join('-')
/** `peers` runs contestants of each build. */
const cores = args[0] === 'peers' ? ['all'] : variant ? [variant, `${variant}-threads`] : ['simd', 'threads']
execFileSync(process.execPath, ['tools/build.mjs', 'core', ...cores], { stdio: 'inherit' })
process.argv.splice(2, args.length, 'bench/main.ts', ...args)
await import('../tools/run.mjs')
