// An esbuild plugin that makes dist few files, because each costs an import time: with 18 files Node 24 took 18.7 ms, with 8
// 13.4. esbuild gives modules a chunk for each set of entries that reach them; with this, an entry that needs any of the
// library reaches all of it, which is one chunk then.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'

const FOLDERS = ['data', 'formats', 'graph', 'ops', 'ops/lowering', 'autodiff', 'compiler', 'nn', 'models', 'train']
/** What collects modules in an object (of which bundlers keep all), what is loaded when asked for, and an entry of its own. */
const LEFT_OUT = ['index.ts', 'replay.ts', 'safetensors.ts', 'idx.ts']

/** @param {string[]} users the modules, of those that have chunks of their own, that need any of the library */
export const library = (users) => ({
  name: 'library',
  setup(build) {
    const files = new Set(users.map((name) => resolve(`src/${name}.ts`)))
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = withoutEffects(readFileSync(path, 'utf8'))
      return { contents: files.has(path) ? `${text}\nimport 'library'\n` : text, loader: 'ts' }
    })
    build.onResolve({ filter: /^library$/ }, () => ({ path: 'library', namespace: 'library', sideEffects: true }))
    build.onLoad({ filter: /./, namespace: 'library' }, () => {
      const modules = FOLDERS.flatMap((folder) => readdirSync(`src/${folder}`).sort()
        .filter((file) => file.endsWith('.ts') && !LEFT_OUT.includes(file)).map((file) => `./${folder}/${file}`))
      modules.push('./runtime/runtime.ts')
      return { contents: modules.map((module) => `export * from '${module}'\n`).join(''), resolveDir: resolve('src') }
    })
  },
})

/**
 * The package's modules have no side effects. Where they share a file, bundlers must be told so, constant by constant: of
 * those that a call or a spread makes they would keep all. A page that takes `ganglion/slim` saves 8 kB of 24.
 */
function withoutEffects(text) {
  const made = ts.createSourceFile('', text, ts.ScriptTarget.ES2022, true).statements.filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations.map(({ initializer }) => initializer)).filter(isMade)
  return made.reduceRight((now, { pos, end }) => (
    `${now.slice(0, pos)} /* @__PURE__ */ (() => (${now.slice(pos, end)}))()${now.slice(end)}`
  ), text)
}

/** Whether a value is made by a call or a spread, outside of the functions in it. */
const isMade = (node) => node && !ts.isFunctionLike(node) && (
  ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isSpreadAssignment(node) || ts.isSpreadElement(node) ||
  node.forEachChild(isMade) === true
)
