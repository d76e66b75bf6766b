// Bundles src into dist with esbuild: few files, because each costs an import time. Not minified, so that a stack trace can be
// read without its source map too. ASCII, because V8 holds a text with any other character in two bytes each.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Data formats with an entry of their own, as `exports` of package.json says. */
const FORMATS = Object.values(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).exports)
  .flatMap((entry) => /^\.\/dist\/(formats\/\w+)\.js$/.exec(entry.default)?.[1] ?? [])

/**
 * Files of dist that are loaded by their names, and take the library. What they share, or load when asked for, goes to
 * dist/runtime, beside thread.js, which a chunk that starts a worker looks for there.
 */
const ENTRIES = [
  'entries/index', 'entries/slim', 'entries/api', 'entries/models', 'entries/workerd',
  'entries/edge_light', 'worker/serve', 'worker/trainer',
  'node/index', 'node/swarm_thread', 'pictures/index', 'pictures/pictures_worker', 'cli/main', 'verify/index', 'verify/workerd',
  'verify/edge_light',
  'bench/index', 'export/index', 'metrics/index', 'swarm/index',
]
/**
 * Entries that need so little of the library that each has a copy of it. Were that shared, it would be a chunk of its own, and
 * bundlers would keep what the library makes by functions of that chunk: esbuild honours @__NO_SIDE_EFFECTS__ within a file.
 */
const SEPARATE = ['runtime/threads/thread', 'node/rows_thread', 'worker/index', ...FORMATS]
/** What all share, because errors are known by their class. */
const ERRORS = 'errors'
/** Where an entry lies in dist: those of src/entries at its top, and the workers' files beside the chunks. */
const inDist = (entry) => entry.replace('entries/', '').replace('threads/', '').replace('pictures/pictures_', 'runtime/pictures_')
  .replace(/node\/(swarm|rows)_thread/, 'runtime/$1_thread')

/** What writes a format of src/export, where that takes more than a few lines. */
const WRITERS = readdirSync('src/export', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`src/export/${entry.name}/write.ts`))
  .map(({ name }) => `export/${name}/write`)
/** Modules that are loaded when asked for, by what has loaded the library. */
const ON_DEMAND = [
  'runtime/core_source', 'runtime/faster', 'models/accumulate', 'compiler/checkpointing',
  'formats/software_sha256', 'formats/npz',
  'node/crew', 'swarm/volunteer', ...WRITERS,
  ...['jpeg', 'png', 'webp'].map((kind) => `pictures/decoders/${kind}`),
]
const FOLDERS = ['data', 'graph', 'ops', 'ops/lowering', 'autodiff', 'compiler', 'nn', 'models', 'train']
/** Of other folders, what the default entry needs. */
const FILES = [
  'host', 'formats/grid', 'formats/sha256', 'formats/utf8', 'runtime/runtime', 'runtime/inflate', 'runtime/features',
]
/** What collects modules in an object (of which bundlers keep all), what is loaded when asked for, what no page needs. */
const LEFT_OUT = [
  'index.ts', 'kinds.ts', 'registry.ts', 'accumulate.ts', 'checkpointing.ts', 'micro_batches.ts', 'alike.ts', 'own.ts',
  'subset.ts', 'permutation.ts', 'streaming.ts', 'recompute.ts',
]

/**
 * esbuild gives modules a chunk for each set of entries that reach them. With this plugin an entry that needs any of the
 * library reaches all of it, which is one chunk then: 8 files where there were 18 take Node 24 13.4 ms to import, not 18.7.
 */
const library = {
  name: 'library',
  setup(build) {
    const users = [...ENTRIES, ...ON_DEMAND].map((name) => resolve(`src/${name}.ts`))
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => (
      users.includes(path) ? { contents: `${readFileSync(path, 'utf8')}\nimport 'library'\n`, loader: 'ts' } : undefined
    ))
    build.onResolve({ filter: /^library$/ }, () => ({ path: 'library', namespace: 'library', sideEffects: true }))
    build.onLoad({ filter: /./, namespace: 'library' }, () => {
      const modules = FOLDERS.flatMap((folder) => readdirSync(`src/${folder}`).sort()
        .filter((file) => file.endsWith('.ts') && !LEFT_OUT.includes(file)).map((file) => `./${folder}/${file}`))
      modules.push(...FILES.map((file) => `./${file}.ts`))
      return { contents: modules.map((module) => `export * from '${module}'\n`).join(''), resolveDir: resolve('src') }
    })
  },
}

/** A library that pages load is a part of dist, because a page without a bundler finds no package by its name. */
const packages = {
  name: 'packages',
  setup: ({ onResolve }) => onResolve({
    filter: /^(@noble\/|@bufbuild\/|@jsquash\/|crc-32(\/|$)|fflate$|tweetnacl$|@nats-io\/(nats-core|nkeys|nuid)$)/,
  }, ({ path }) => (
    // fflate has a file for Node, which pages do not load.
    { path: fileURLToPath(import.meta.resolve(path)).replace(/(fflate\/esm\/)index\.mjs$/, '$1browser.js') }
  )),
}

/**
 * jSquash's decoders would look for their files beside themselves. They are given their modules, and bundlers must not look
 * either.
 */
const decoders = {
  name: 'decoders',
  setup: ({ onLoad }) => onLoad({ filter: /@jsquash\/.*\.js$/ }, ({ path }) => (
    { contents: `const here = { url: '' }\n${readFileSync(path, 'utf8').replaceAll('import.meta.url', 'here.url')}` }
  )),
}

/** Separate entries lie in folders of dist. */
const sharedErrors = {
  name: 'errors',
  setup: ({ onResolve }) => onResolve({ filter: /\/errors\.ts$/ }, () => ({ path: `../${ERRORS}.js`, external: true })),
}

/** Escapes what `charset: 'ascii'` leaves: esbuild keeps comments as they are. */
function escapeComments(outdir) {
  for (const name of readdirSync(outdir, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue
    const file = join(outdir, name)
    const text = readFileSync(file, 'utf8')
    const escaped = text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    if (escaped !== text) writeFileSync(file, escaped)
  }
}

/** @param {string} outdir */
export async function bundle(outdir) {
  const bundled = (entries, plugins) => build({
    entryPoints: Object.fromEntries(entries.map((entry) => [inDist(entry), `src/${entry}.ts`])),
    outdir, chunkNames: 'runtime/[name]-[hash]',
    bundle: true, splitting: true, format: 'esm', platform: 'neutral', target: 'es2022', charset: 'ascii',
    packages: 'external', external: ['node:*', '*.wasm', '*.wasm?module'], legalComments: 'none',
    sourcemap: true, sourcesContent: false, plugins: [packages, decoders, ...plugins],
  })
  const built = [bundled([...ENTRIES, ERRORS], [library]), ...SEPARATE.map((entry) => bundled([entry], [sharedErrors]))]
  if ((await Promise.all(built)).some(({ warnings }) => warnings.length)) throw new Error('esbuild warns')
  escapeComments(outdir)
}
