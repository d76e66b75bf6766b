// Wrong usage: exit code 2, one sentence on stderr, nothing on stdout, nothing written. And the help.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { commands } from '../../src/cli/commands/index.ts'
import { nearest } from '../../src/cli/nearest.ts'
import { mayHaveAvx2 } from '../../src/cli/options.ts'
import { formatNames } from '../../src/export/export.ts'
import { modelNames } from '../../src/models/kinds.ts'
import { from } from '../../src/nn/schedules.ts'
import { automaticThreads } from '../../src/runtime/faster.ts'
import { recipeKinds } from '../../src/verify/index.ts'
import { ganglion } from './ganglion.ts'
import { defaults, owners } from './kinds.ts'

const names = commands.map(({ name }) => name)
const COMMANDS = `the commands are ${names.join(', ')} (see "ganglion --help")`
const MODELS = modelNames.join(', ')
const FILTERS = '2 positive integers, at a quarter and at half of the size, with commas between'
const RATE = '0 or more, within float32, or a schedule as JSON'
type Reads = (value: string) => unknown
const UNEXPANDED = 'a path that the shell has expanded; put a space for =, or write $HOME for ~'
const TRAIN = '(see "ganglion train --help")'

/** What a function says is wrong. */
function complaint(of: () => unknown): string {
  try {
    of()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it says nothing')
}

test.each([
  ['trian', 'unknown command trian; did you mean train? (see "ganglion --help")'],
  ['dance', `unknown command dance; ${COMMANDS}`],
  ['--frobnicate', `unknown option --frobnicate; ${COMMANDS}`],
  ['train', `train expected ${MODELS}, got no model; name one, or give --data to have one chosen ${TRAIN}`],
  ['train vae --schedule steep', `--schedule expected cosine or linear or exponential, got "steep" ${TRAIN}`],
  ['train vae --dry-run --workers 2', `--dry-run measures this process alone; leave out --workers ${TRAIN}`],
  ['train vae --standby', `--standby waits for a run that others hold at a nats-server; give --nats URL too ${TRAIN}`],
  ['train vea', `unknown model "vea", expected ${MODELS}; did you mean vae? ${TRAIN}`],
  ['train VAE', `unknown model "VAE", expected ${MODELS}; did you mean vae? ${TRAIN}`],
  ['train diffusion', `unknown model "diffusion", expected ${MODELS} ${TRAIN}`],
  ['train test', `unknown model "test", expected ${MODELS}; to train on what is there, give --data test ${TRAIN}`],
  ['train vae gan', `train expected one model, got "gan" too ${TRAIN}`],
  ['train vae --epoch 3', `unknown option --epoch; did you mean --epochs? ${TRAIN}`],
  ['train vae --toString', `unknown option --toString ${TRAIN}`],
  ['train vae -x', `unknown option -x ${TRAIN}`],
  ['train vae --epochs -1', `--epochs expected an integer of at least 1, got "-1" ${TRAIN}`],
  ['train vae --epochs=-1', `--epochs expected an integer of at least 1, got "-1" ${TRAIN}`],
  ['train vae --epochs 0', `--epochs expected an integer of at least 1, got "0" ${TRAIN}`],
  ['train vae --epochs 1.5', `--epochs expected an integer of at least 1, got "1.5" ${TRAIN}`],
  ['train vae --epochs ten', `--epochs expected an integer of at least 1, got "ten" ${TRAIN}`],
  ['watch --port 65536', '--port expected an integer from 0 to 65535, got "65536" (see "ganglion watch --help")'],
  ['train vae --port 7070', `--port is that of the page of --watch; give --watch too, or leave it out ${TRAIN}`],
  ['train vae --epochs', `--epochs expected a value (N) ${TRAIN}`],
  ['train vae --epochs=', `--epochs expected an integer of at least 1, got "" ${TRAIN}`],
  ['train vae --out --force', `--out expected a value (DIR), got the option --force ${TRAIN}`],
  ...['out', 'data', 'resume'].map((name): [string, string] => [`train vae --${name}=~/x`,
    `--${name} expected a path that the shell has expanded; put a space for =, or write $HOME for ~, got "~/x" ${TRAIN}`]),
  ['train vae --force=yes', `--force takes no value, got "yes" ${TRAIN}`],
  ['train vae --learning-rate -0.1', `--learning-rate expected ${RATE}, got "-0.1" ${TRAIN}`],
  ['train vae --learning-rate=-1e-3', `--learning-rate expected ${RATE}, got "-1e-3" ${TRAIN}`],
  ['train vae --learning-rate NaN', `--learning-rate expected ${RATE}, got "NaN" ${TRAIN}`],
  ['train vae --latent {}', `--latent expected a positive integer, got "{}" ${TRAIN}`],
  ['train vae --accumulate 0', `--accumulate expected an integer of at least 1, got "0" ${TRAIN}`],
  ['train vae --nats nats://a --precision relaxed',
    `--nats needs the same bits on every machine; leave out --precision relaxed ${TRAIN}`],
  ['train vae --nats 127.0.0.1:4222',
    `--nats expected the address of a nats-server, such as nats://127.0.0.1:4222, got "127.0.0.1:4222" ${TRAIN}`],
  ['train vae --workers 0', `--workers expected an integer from 1 to 256, got "0" ${TRAIN}`],
  ['train vae --accumulate 2 --micro-batches 3',
    `--accumulate is 2 and --micro-batches 3, which are the same; give one of them ${TRAIN}`],
  ['train vae --learning-rate {"schedule":"cos"}', '--learning-rate expected a schedule as JSON, such as ' +
    '{"schedule":"cosine","initial":1e-3,"steps":2000}, got "{"schedule":"cos"}": ' +
    `${complaint(() => from({ schedule: 'cos' }))} ${TRAIN}`],
  ['train vae --learning-rate 1e999', `--learning-rate expected ${RATE}, got "1e999" ${TRAIN}`],
  ['train vae --batch-size -8', `--batch-size expected an integer of at least 1, got "-8" ${TRAIN}`],
  ['train vae --seed 9007199254740993', `--seed expected an integer from 0 to 2^53 - 1, got "9007199254740993" ${TRAIN}`],
  ['train vae --noise loud', `--noise expected 'sample' or 'batch', got "loud" ${TRAIN}`],
  ['train gan --beta1 1', `--beta1 expected 0 or more and less than 1, got "1" ${TRAIN}`],
  ['train vae --clip-norm -1', `--clip-norm expected 0 or more, got "-1" ${TRAIN}`],
  ['train vae --filters 1,2', `--filters is an option of ${owners('filters')}, not of vae ${TRAIN}`],
  ['train dcgan --filters 64', `--filters expected ${FILTERS}, got "64" ${TRAIN}`],
  ['train dcgan --filters 64,0', `--filters expected ${FILTERS}, got "64,0" ${TRAIN}`],
  ['train vae --beta1 0.5', `--beta1 is an option of ${owners('beta1')}, not of vae ${TRAIN}`],
  ['train gan --noise batch', `--noise is an option of ${owners('noise')}, not of gan ${TRAIN}`],
  ['train autoencoder --hidden 3', `--hidden is an option of ${owners('hidden')}, not of autoencoder ${TRAIN}`],
  ['sample', 'sample expected the folder of a run (see "ganglion sample --help")'],
  ['sample a b', 'sample expected one folder, got "b" too (see "ganglion sample --help")'],
  ['sample a --count 0', '--count expected an integer from 1 to 10000, got "0" (see "ganglion sample --help")'],
  ['sample a --out a/config.json', '--out expected a name that ends in .png, got "a/config.json" (see "ganglion sample --help")'],
  ['reconstruct a --out .png', '--out expected a name that ends in .png, got ".png" (see "ganglion reconstruct --help")'],
  ['interpolate a --to-class', '--to-class expected a value (NAME|N) (see "ganglion interpolate --help")'],
  ['interpolate a --steps 1', '--steps expected an integer from 2 to 1000, got "1" (see "ganglion interpolate --help")'],
  ['reconstruct a --row 3', 'unknown option --row (see "ganglion reconstruct --help")'],
  ['train vae --augment spin', '--augment expected some of flip, shift, crop, noise, color, with commas between, ' +
    `got "spin" ${TRAIN}`],
  ['map', 'map expected the folder of a run (see "ganglion map --help")'],
  ['map a --by tsne', '--by expected pca or umap, got "tsne" (see "ganglion map --help")'],
  ['map a --images 1', '--images expected an integer from 2 to 10000, got "1" (see "ganglion map --help")'],
  ['encode', 'encode expected the folder of a run (see "ganglion encode --help")'],
  ['evaluate', 'evaluate expected the folder of a run (see "ganglion evaluate --help")'],
  ['export', 'export expected the folder of a run (see "ganglion export --help")'],
  ['export a', `export expected --format and one of ${formatNames.join(', ')} (see "ganglion export --help")`],
  ['export a --format gif', `--format expected ${formatNames.join(' or ')}, got "gif" (see "ganglion export --help")`],
  ['export a --format npz --part head', '--part expected generator or decoder or encoder or autoencoder or discriminator, ' +
    'got "head" (see "ganglion export --help")'],
  ['export a --format npz --count 0', '--count expected a positive integer, got "0" (see "ganglion export --help")'],
  ['import', 'import expected a file of weights (see "ganglion import --help")'],
  ['import a b', 'import expected one file, got "b" too (see "ganglion import --help")'],
  ['import a', `import expected --model and one of ${MODELS} (see "ganglion import --help")`],
  ['bench fast', 'bench takes no arguments without --compare, got "fast" (see "ganglion bench --help")'],
  ['bench --compare a', '--compare expected two files, got 1 (see "ganglion bench --help")'],
  ['bench --compare a b --quick', '--compare takes no other options: it measures nothing (see "ganglion bench --help")'],
  ['bench --threads 65', '--threads expected auto or an integer from 1 to 64, got "65" (see "ganglion bench --help")'],
  ['models vea', 'unknown model "vea"; did you mean vae? (see "ganglion models --help")'],
  ['verify op/conv2', 'unknown recipe "op/conv2"; did you mean op/conv2d? (see "ganglion verify --help")'],
  ['verify dance', 'unknown recipe "dance"; the kinds of recipes are op, special, random, update, large, begin, train, model ' +
    '(see "ganglion verify --help")'],
  ['verify --threads 0', '--threads expected auto or an integer from 1 to 64, got "0" (see "ganglion verify --help")'],
  ['info all', 'info takes no arguments, got "all" (see "ganglion info --help")'],
])('%s', async (line, message) => {
  expect(await ganglion(line.split(' '))).toEqual({ code: 2, stdout: '', stderr: `ganglion: ${message}\n` })
})

describe('help', () => {
  test('without a command it goes to stderr, and the code is 2', async () => {
    const { code, stdout, stderr } = await ganglion([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toBe((await ganglion(['--help'])).stdout)
    expect((await ganglion(['help'])).stdout).toBe(stderr)
  })

  test.each(names)('of %s: usage, options, examples, in 120 columns', async (name) => {
    const { code, stdout, stderr } = await ganglion([name, '--help'])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`Usage\n  ganglion ${name} `)
    expect(stdout).toMatch(new RegExp(`Examples\n  ganglion ${name} ?`))
    expect(stdout).toMatch(/-h, --help +show this help/)
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
    expect((await ganglion(['help', name])).stdout).toBe(stdout)
    expect((await ganglion([name, '--nonsense', '-h'])).stdout).toBe(stdout)
  })

  test('the guide names each', () => {
    const guide = readFileSync('docs/command-line.md', 'utf8')
    expect(names.filter((name) => !guide.includes(`ganglion ${name}`))).toEqual([])
  })

  test('defaults come from the definitions', async () => {
    const { stdout } = await ganglion(['train', '--help'])
    expect(stdout).toContain('--learning-rate N|JSON ')
    expect(stdout.replace(/\s+/g, ' ')).toContain(defaults('learningRate'))
    expect(stdout.replace(/\s+/g, ' ')).toContain(defaults('latent'))
    // The most seconds of work that a kill costs.
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/--save-every SECONDS [^-]* \[30\]/)
  })

  test('of verify names every kind of recipe', async () => {
    const { stdout } = await ganglion(['verify', '--help'])
    expect(stdout).toContain(`: ${recipeKinds.join(', ')}.`)
  })

  test('--version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
    expect(await ganglion(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })
})

describe('GANGLION_DEBUG', () => {
  beforeEach(() => { process.env['GANGLION_DEBUG'] = '1' })
  afterEach(() => { delete process.env['GANGLION_DEBUG'] })
  test('shows where an error comes from', async () => {
    const { stderr } = await ganglion(['train', 'vea'])
    expect(stderr).toMatch(/\n +at .*train/)
  })
})

test('nearest', () => {
  expect(nearest('vea', ['autoencoder', 'vae', 'gan'])).toBe('; did you mean vae?')
  expect(nearest('autoencodr', ['autoencoder', 'vae', 'gan'])).toBe('; did you mean autoencoder?')
  expect(nearest('x', ['autoencoder', 'vae', 'gan'])).toBe('')
})

test('processors without AVX2 are known by what Linux says of them', () => {
  expect(mayHaveAvx2('flags\t\t: fpu sse2 avx avx2 bmi1\n')).toBe(true)
  expect(mayHaveAvx2('processor\t: 0\nflags\t\t: fpu sse2 avx\n')).toBe(false)
  expect(mayHaveAvx2('')).toBe(true)
})

test('info', async () => {
  const { code, stdout } = await ganglion(['info'])
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ganglion +\d+\.\d+\.\d+$/m)
  expect(stdout).toMatch(/^engine +Node \d+\.\d+\.\d+, V8 /m)
  expect(stdout).toMatch(/^SIMD +available: every kernel uses it$/m)
  expect(stdout).toMatch(/^relaxed SIMD +(not )?available: .*; used with --precision relaxed$/m)
  expect(stdout).toMatch(/^threads +available: .*; --threads auto takes \d+$/m)
  const facts = JSON.parse((await ganglion(['info', '--json'])).stdout) as Record<string, { auto?: unknown, available?: unknown }>
  expect(Object.keys(facts)).toEqual(
    ['version', 'core', 'engine', 'v8', 'platform', 'simd', 'relaxedSimd', 'wideVectors', 'threads'],
  )
  expect(facts['threads']).toMatchObject({ available: true, auto: automaticThreads() })
})

test('no path of a file or a folder to write or read is taken that the shell has left with a ~', () => {
  const checked: string[] = []
  for (const { name, groups } of commands) {
    for (const [, options] of groups) {
      for (const [option, { value, read }] of Object.entries(options as Record<string, { value?: string, read?: Reads }>)) {
        if (!read || !/^(FILE|DIR|PATH|SET|SOURCE|FOLDER)/.test(value ?? '')) continue
        const said = ['~/x', '~/x.png', '~/x.npy', '~/x.npz'].map((path) => complaint(() => read(path)))
        expect(said, `${name} --${option}`).toContain(UNEXPANDED)
        checked.push(`${name} --${option}`)
      }
    }
  }
  expect(checked).toEqual(expect.arrayContaining(['train --out', 'sample --out', 'encode --out', 'data --out', 'map --out']))
})
