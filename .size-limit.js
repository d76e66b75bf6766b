// What a page downloads, minified and gzipped, against a budget: `npm run size`, after a build. What is loaded only when it
// is asked for (the other cores, threads) is no part of an entry; it has a budget of its own. esbuild refuses an import
// that only Node has, because the platform is a browser.
const onDemand = {
  name: 'on-demand',
  setup: (build) => build.onResolve({ filter: /./ }, ({ kind, path }) => (
    kind === 'dynamic-import' || path.includes('.wasm') ? { path, external: true } : undefined
  )),
}
const page = (config) => ({
  ...config, format: 'esm', platform: 'browser', target: 'es2022', plugins: [onDemand], logLevel: 'error',
})
/** A whole entry, or a program that takes some of it. */
const entry = (name, file, limit, program) => (
  { name, path: `dist/${file}`, import: program, limit, gzip: true, modifyEsbuildConfig: page }
)
const copy = (config) => ({ ...config, loader: { '.wasm': 'copy' } })
/** A file as it is. */
const raw = (file, limit) => (
  { name: file, path: `dist/${file}`, limit, gzip: true, modifyEsbuildConfig: copy }
)

const VAE = '{ createRuntime, imageDataset, Model, vae }'

// A program that trains a VAE is to fit in 42 kB. It does not: CONTRIBUTING.md, "Packaging", says where its bytes are. What it
// holds is kept here, so that it grows no further unseen.
export default [
  entry('ganglion: all of it, the core inside', 'index.js', '84.3 kB'),
  entry('ganglion: a program that trains a VAE, the core inside', 'index.js', '54.3 kB', VAE),
  entry('ganglion/slim', 'slim.js', '28.7 kB'),
  entry('ganglion/api', 'api.js', '67.2 kB'),
  {
    ...entry('ganglion/slim and ganglion/api: a program that trains a VAE', '', '36.9 kB'),
    path: undefined, import: { 'dist/slim.js': '{ createRuntime, imageDataset, Model }', 'dist/api.js': '{ vae }' },
  },
  entry('ganglion under workerd: all of it, without ganglion.wasm', 'workerd.js', '67.3 kB'),
  entry('ganglion/models: all of it, without a core', 'models.js', '38.9 kB'),
  entry('ganglion/worker: the page\'s side', 'worker/index.js', '4.9 kB'),
  entry('ganglion/worker: the worker\'s file, the core inside', 'worker/trainer.js', '82.3 kB'),
  entry('ganglion/worker/serve: all of it, the core inside', 'worker/serve.js', '50.8 kB'),
  entry('ganglion/verify: all of it, the core inside', 'verify/index.js', '103.9 kB'),
  entry('ganglion/bench: all of it, the core inside', 'bench/index.js', '76.8 kB'),
  entry('ganglion/export: what is there before a format is chosen', 'export/index.js', '20.4 kB'),
  entry('ganglion/metrics', 'metrics/index.js', '25.6 kB'),
  entry('ganglion/swarm', 'swarm/index.js', '18.3 kB'),
  entry('ganglion/safetensors', 'formats/safetensors.js', '3.8 kB'),
  entry('ganglion/idx', 'formats/idx.js', '1.9 kB'),
  entry('ganglion/npy', 'formats/npy.js', '3.2 kB'),
  entry('ganglion/npz', 'formats/npz.js', '11.1 kB'),
  entry('ganglion/pictures: all of it, without a decoder', 'pictures/index.js', '16.7 kB'),
  raw('ganglion.wasm', '17.5 kB'),
  ...['threads', 'relaxed', 'relaxed-threads'].map((name) => raw(`ganglion-${name}.wasm`, '18.2 kB')),
  ...['wide', 'wide-threads', 'relaxed-wide', 'relaxed-wide-threads'].map((name) => raw(`ganglion-${name}.wasm`, '21.5 kB')),
]
