// An esbuild plugin that makes dist few files, because each costs an import time: with 18 files Node 24 took 18.7 ms, with 8
// 13.4. esbuild gives modules a chunk for each set of entries that reach them; with this, an entry that needs any of the
// library reaches all of it, which is one chunk then.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'

const FOLDERS = ['data', 'formats', 'graph', 'models', 'nn', 'ops', 'train']
/** What collects modules in an object (of which bundlers keep all), and what is loaded when asked for. */
const LEFT_OUT = ['index.ts', 'replay.ts']

/** A constant that a call makes, at a module's top. */
const MADE = /^((?:export )?const [^=\n]+ = )(?=(?:new )?[\w.]+\()/gm

/** @param {string[]} users the modules, of those that have chunks of their own, that need any of the library */
export const library = (users) => ({
  name: 'library',
  setup(build) {
    const files = new Set(users.map((name) => resolve(`src/${name}.ts`)))
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      // The package's modules have no side effects. Where they share a file, bundlers must be told so call by call.
      const text = readFileSync(path, 'utf8').replace(MADE, '$1/* @__PURE__ */ ')
      return { contents: files.has(path) ? `${text}\nimport 'library'\n` : text, loader: 'ts' }
    })
    build.onResolve({ filter: /^library$/ }, () => ({ path: 'library', namespace: 'library', sideEffects: true }))
    build.onLoad({ filter: /./, namespace: 'library' }, () => {
      const modules = FOLDERS.flatMap((folder) => readdirSync(`src/${folder}`).sort()
        .filter((file) => file.endsWith('.ts') && !LEFT_OUT.includes(file)).map((file) => `./${folder}/${file}`))
      modules.push('./runtime/engine.ts')
      return { contents: modules.map((module) => `export * from '${module}'\n`).join(''), resolveDir: resolve('src') }
    })
  },
})
