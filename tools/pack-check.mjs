// The package as a stranger gets it: packs it, checks what the tarball holds, has publint and attw look at it, installs it
// without install scripts into a fresh project, compiles a TypeScript program against its types, trains with it, and runs
// its command. Needs a build. `npm run pack:check`
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const tool = (path) => join(root, 'node_modules', path)
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const { version } = manifest
/** The files that a field of package.json names, under whatever conditions. */
const filesOf = (field) => (typeof field === 'string' ? [field.replace('./', '')] : Object.values(field).flatMap(filesOf))

const CORES = ['', '-relaxed'].flatMap((precision) => ['', '-wide'].flatMap((width) => ['', '-threads']
  .map((memory) => `ganglion${precision}${width}${memory}.wasm`)))
/** Files that are no modules, and have no types: the raw cores, weights. */
const FILES = [...CORES, 'mnist_classifier.safetensors']

/** What the tarball may hold, and what it must. */
const ALLOWED = [
  /^dist\/((node|cli|worker|verify|bench|formats|export|metrics|pictures|models|swarm)\/)?[a-z_]+\.js(\.map)?$/,
  /^dist\/runtime\/(thread|pictures_worker|rows_thread|swarm_thread|[a-z_0-9.]+-[A-Z0-9]{8})\.js(\.map)?$/,
  /^dist\/(?!cli\/)([a-z_0-9]+\/)*[a-z_0-9.]+\.d\.ts(\.map)?$/,
  /^dist\/ganglion(-relaxed)?(-wide)?(-threads)?\.wasm$/,
  // What source maps point to.
  /^src\/([a-z_0-9]+\/)*[a-z_0-9]+(\.d)?\.ts$/,
  /^examples\/((embedding|models)\/)?[a-z_0-9]+\.(m?js|html)$/,
  // The guide, without its pictures.
  /^docs\/((how-to|tutorial)\/)?[a-zA-Z-]+\.md$/,
  // The page that an export is.
  /^src\/export\/html\/page\/page\.css$/,
]
const REQUIRED = ['README.md', 'LICENSE', 'SECURITY.md', ...filesOf(manifest.exports), ...filesOf(manifest.bin)]
/** Eight cores, each raw and inlined, are a quarter of it; the weights of a classifier a fifth, decoders of pictures a tenth. */
const BUDGET = { size: 2_590_000, unpackedSize: 7_540_000 }

const PROGRAM = `
import { createRuntime, imageDataset, Model, vae, type Progress } from 'ganglion'
import { encodePng } from 'ganglion/node'

const images = Uint8Array.from({ length: 64 * 784 }, (_, i) => (i * 37) % 256)
const data = imageDataset({ images, shape: [28, 28, 1] })
const model = await Model.create(await createRuntime(), vae({ hidden: 16, latent: 2 }), { seed: 1 })
let last: Progress | undefined
for await (const progress of model.train(data, { epochs: 3, batchSize: 16 })) last = progress
const digest: string = await model.digest()
const pixels = Uint8Array.from(model.sample(1), (v) => (v + 1) * 127.5)
const png = encodePng({ width: 28, height: 28, channels: 1, pixels })
console.log(JSON.stringify({ step: last?.step, loss: last?.metrics.loss, digest, png: png.length }))
`
// No Node types, and libraries are checked too: the default entry's types stand alone.
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022', lib: ['ES2022', 'DOM'], module: 'NodeNext', strict: true, types: [], skipLibCheck: false, outDir: '.',
  },
  files: ['program.ts'],
}

const temporary = mkdtempSync(join(tmpdir(), 'ganglion-pack-'))
let cwd = root
/** Runs a program; its output, or an error that holds it. */
function run(file, args) {
  try {
    return execFileSync(file, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  } catch (error) {
    throw new Error(`${[file, ...args].join(' ')}\n${error.stdout ?? ''}${error.stderr ?? error.message}`, { cause: error })
  }
}
const node = (...args) => run(process.execPath, args)
function check(condition, message) {
  if (!condition) throw new Error(message)
}
const npm = (...args) => run('npm', args)

function contents({ files, size, unpackedSize }) {
  const names = files.map(({ path }) => path)
  const strange = names.filter((name) => !REQUIRED.includes(name) && !ALLOWED.some((pattern) => pattern.test(name)))
  const missing = REQUIRED.filter((name) => !names.includes(name))
  check(!strange.length, `the tarball holds what it should not: ${strange.join(', ')}`)
  check(!missing.length, `the tarball lacks ${missing.join(', ')}`)
  check(files.find(({ path }) => path === 'dist/cli/main.js').mode & 0o111, 'dist/cli/main.js is not executable')
  for (const [name, value] of Object.entries({ size, unpackedSize })) {
    check(value <= BUDGET[name], `the tarball's ${name} is ${value} bytes, over its budget of ${BUDGET[name]}`)
  }
  console.log(
    `tarball: ${names.length} files, ${size} bytes, unpacked ${unpackedSize} (budgets ${BUDGET.size}, ${BUDGET.unpackedSize})`,
  )
}

/** Every source that a map names is in the package, but for generated texts, and what is bundled of other packages. */
function checkMaps(folder) {
  for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.map'))) {
    const path = join(folder, file)
    const missing = JSON.parse(readFileSync(path, 'utf8')).sources
      .filter((source) => !/\.generated\.ts$|\/node_modules\//.test(source) && !existsSync(join(dirname(path), source)))
    check(!missing.length, `${file} maps to what is not in the package: ${missing.join(', ')}`)
  }
}

function consume(tarball) {
  cwd = join(temporary, 'consumer')
  mkdirSync(cwd)
  const put = (name, text) => writeFileSync(join(cwd, name), text)
  put('package.json', JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  put('program.ts', PROGRAM)
  put('tsconfig.json', JSON.stringify(TSCONFIG))
  npm('install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', tarball)
  checkMaps(join(cwd, 'node_modules/ganglion/dist'))
  node(tool('typescript/bin/tsc'))
  const { step, loss, digest, png } = JSON.parse(node('program.js'))
  check(
    step === 12 && loss > 0 && /^[0-9a-f]{64}$/.test(digest) && png > 60,
    `training went wrong: ${step}, ${loss}, ${digest}, ${png}`,
  )
  const wasm = "import { readFileSync } from 'node:fs'\n" +
    "const file = new URL(import.meta.resolve('ganglion/ganglion.wasm'))\n" +
    'console.log(WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(file))).length)'
  check(node('--input-type=module', '--eval', wasm).trim() === '0', "'ganglion/ganglion.wasm' is not the core")
  const verified = npm('exec', '--no', '--', 'ganglion', 'verify', 'op', 'train/vae').trim().split('\n').at(-1)
  check(/^the same bits: /.test(verified), `ganglion verify says '${verified}'`)
  const said = npm('exec', '--no', '--', 'ganglion', '--version').trim()
  check(said.split(/\s+/).at(-1) === version, `ganglion --version says '${said}', expected ${version}`)
  console.log(`installed: types compile, 12 steps to loss ${loss.toFixed(3)}, ganglion --version is ${version}`)
}

try {
  const [packed] = JSON.parse(npm('pack', '--json', '--ignore-scripts', '--pack-destination', temporary))
  const tarball = join(temporary, packed.filename)
  contents(packed)
  node(tool('publint/src/cli.js'), 'run', tarball, '--strict')
  const attw = tool('@arethetypeswrong/cli/dist/index.js')
  node(attw, tarball, '--profile', 'esm-only', '--format', 'ascii', '--exclude-entrypoints', ...FILES)
  console.log('publint and attw: no faults')
  consume(tarball)
} catch (error) {
  console.error(`pack-check: ${error.message}`)
  process.exitCode = 1
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
