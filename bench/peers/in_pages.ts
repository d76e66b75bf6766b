// Contestants in pages of browsers: each is a process as the others are, which passes its lines to and from a page
// (test/runtimes/converse.ts), and runs the same script there, in a Web Worker.
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { INSTALL, runtimesScript } from '../page.ts'
import { THREAD } from '../runtimes.ts'
import { BUILT, count, type Entry, FOLDER, needing } from './entry.ts'

/** Those with threads in a page. */
export const BROWSERS = { chromium: 'Chromium', firefox: 'Firefox' } as const
type Browser = keyof typeof BROWSERS

/** By the names that `--in` has; none where it is ''. */
export function browsersOf(text: string): Browser[] {
  const names = text ? text.split(',') : []
  const unknown = names.find((name) => !Object.hasOwn(BROWSERS, name))
  if (unknown !== undefined) {
    throw new RangeError(`no browser is called "${unknown}"; there are: ${Object.keys(BROWSERS).join(', ')}`)
  }
  return names as Browser[]
}

interface Script {
  readonly name: string
  /** The package of the peers' folder that it needs; '' for ours. */
  readonly needs: string
  readonly script: string
  /** Its arguments on so many threads. */
  args?(threads: number): readonly string[]
}

const SCRIPTS: readonly Script[] = [
  { name: 'ganglion', needs: '', script: 'ganglion' },
  { name: 'tfjs wasm', needs: '@tensorflow/tfjs-backend-wasm', script: 'tfjs', args: (n) => ['wasm', `${n}`] },
  { name: 'onnxruntime-web', needs: 'onnxruntime-web', script: 'ort', args: (n) => [`${n}`] },
]
/** It takes as many threads as the browser says that there are, and no option changes that. */
const JAX: Script = { name: 'jax-js wasm', needs: '@jax-js/jax', script: 'jax_js' }

/** What a contestant has of Node, a page's bundle has of the page. */
const PLATFORM: Plugin = {
  name: 'platform',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/platform\.ts$/ }, () => ({ path: resolve(FOLDER, 'contestants/platform_page.ts') }))
  },
}

const OUT = join(BUILT, 'page')
const bundled = (entryPoints: Record<string, string>): Promise<unknown> => build({
  entryPoints, outdir: OUT, outExtension: { '.js': '.mjs' }, plugins: [PLATFORM],
  bundle: true, platform: 'browser', format: 'esm', target: 'es2022', logLevel: 'warning', external: ['node:*'],
})

/** On each number of threads in each browser. */
export async function inPages(browsers: readonly Browser[], threads: readonly number[]): Promise<Entry[]> {
  if (!browsers.length) return []
  const missing = (needs: string) => typeof needing(needs, []) === 'string'
  const scripts = [...SCRIPTS, JAX].filter(({ needs }) => !missing(needs)).map(({ script }) => script)
  await bundled({
    thread: THREAD[0]!, ...Object.fromEntries(scripts.map((name) => [name, join(FOLDER, 'contestants', `${name}.ts`)])),
  })
  return browsers.flatMap((browser) => {
    const entry = ({ name, needs, script, args }: Script, n: number): Entry => {
      const page = `${FOLDER}/contestants/page.html?${[script, ...(args?.(n) ?? [])].join('+')}`
      const command = runtimesScript('converse', browser, '.', page)
      return {
        name: `${BROWSERS[browser]} ${name}`, threads: n, env: {}, browser,
        command: command ? needing(needs, command) : `not installed: ${INSTALL}`,
      }
    }
    return [
      ...SCRIPTS.flatMap((script) => threads.map((n) => entry({ ...script, name: `${script.name} ${count(n)}` }, n))),
      entry(JAX, availableParallelism()),
    ]
  })
}
