// A function of a module of this folder, called in a page of a browser: the module is bundled, served and opened as the
// tests of test/runtimes do it.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'

const FOLDER = 'build/page'
const NODE = 'test/runtimes/node_modules/node-24/bin/node'
export const INSTALL = 'run "npm ci --prefix test/runtimes"'

/** The command that runs a script of test/runtimes, by the Node of that folder; null where it is not installed. */
export const runtimesScript = (script: string, ...args: readonly string[]): string[] | null =>
  existsSync(NODE) ? [NODE, `test/runtimes/${script}.ts`, ...args] : null

/** What `name` of the module returns, given `options`; both pass as JSON. */
export async function inPage<T>(browser: string, module: string, name: string, options: object): Promise<T> {
  const opening = runtimesScript('open', browser, FOLDER, 'page.html')
  if (!opening) throw new RangeError(`the runtimes are not installed: ${INSTALL}, then again`)
  mkdirSync(FOLDER, { recursive: true })
  await build({
    entryPoints: [module], outfile: `${FOLDER}/module.js`, bundle: true, format: 'esm', platform: 'neutral', target: 'es2022',
    external: ['node:*'], logLevel: 'warning',
  })
  writeFileSync(`${FOLDER}/page.html`, `<!doctype html><meta charset="utf-8"><script type="module">
import { ${name} } from './module.js'
const answer = await ${name}(${JSON.stringify(options)}).catch((error) => ({ error: String(error) }))
await fetch('answer', { method: 'POST', body: JSON.stringify(answer) })
</script>`)
  const [node, ...args] = opening
  const { status, stdout, stderr } = spawnSync(node!, args, { encoding: 'utf8' })
  if (status !== 0) throw new RangeError(stderr.trim())
  return JSON.parse(stdout) as T
}
