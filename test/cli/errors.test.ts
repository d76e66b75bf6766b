// Bad data, folders and models: exit code 1, one sentence on stderr, and nothing left behind.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { writeIdx } from '../../src/formats/idx.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { smallFlags, takers, writeBars } from './kinds.ts'
import { ganglion, place, type Place, writeImages } from './ganglion.ts'

let at: Place
beforeEach(() => { at = place() })
afterEach(() => at.remove())

const SMALL = ['--epochs', '1', '--batch-size', '32', '--hidden', '8', '--latent', '2']
/** Trains a small VAE with `args`; --out is always a new folder. */
const train = (...args: string[]) =>
  ganglion(['train', 'vae', '--data', at.in('images'), '--out', at.in('run'), ...SMALL, ...args])
const refuses = async (args: string[], message: string | RegExp) => {
  const { code, stdout, stderr } = await train(...args)
  expect(stderr).toMatch(/^ganglion: [^\n]+\n$/)
  expect(stderr.slice('ganglion: '.length, -1)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  expect([code, stdout]).toEqual([1, ''])
  expect(existsSync(at.in('run'))).toBe(false)
}

describe('data', () => {
  test('missing', () => refuses(
    ['--data', at.in('none')],
    /^dataset ".*none" was not found, expected mnist, fashion, emoji, or the path of a folder or a file; check the path$/,
  ))
  test('missing, with a name like that of one', () => refuses(
    ['--data', 'mnsit'],
    'dataset "mnsit" was not found, expected mnist, fashion, emoji, or the path of a folder or a file; did you mean mnist?',
  ))
  test('an empty folder', async () => {
    mkdirSync(at.in('empty'))
    await refuses(
      ['--data', at.in('empty')],
      /^folder ".*empty" expected train-images-idx3-ubyte \(or \.gz\) or pictures \(PNG, JPEG, WebP\) for the split "train", found an empty folder; put the file there$/,
    )
  })
  test('cut short', async () => {
    writeFileSync(at.in('short'), readFileSync(at.in('images')).subarray(0, 1000))
    await refuses(
      ['--data', at.in('short')],
      /^".*short" is cut short: its header \(96x6x6, u8\) announces 3472 bytes, found 1000; download or copy it again$/,
    )
  })
  test('a wrong magic number', async () => {
    writeFileSync(at.in('magic'), Buffer.concat([Buffer.of(9), readFileSync(at.in('images')).subarray(1)]))
    await refuses(
      ['--data', at.in('magic')],
      /^".*magic" is not an IDX file: expected it to start with 00 00, .*, found 09 00 08 03; give an IDX file$/,
    )
  })
  test('no image', async () => {
    writeFileSync(at.in('text'), 'hello, world')
    await refuses(['--data', at.in('text')], /^".*text" is not an IDX file: /)
  })
  test('fewer images than a batch', () => refuses(
    ['--batch-size', '97'],
    '--batch-size 97 is larger than the data (96 images); use a smaller batch size or more images',
  ))
  test('fewer images than a step of several batches', async () => {
    const args = ['train', 'wgan-gp', '--data', at.in('images'), '--batch-size', '33', '--quiet', '--out', at.in('run')]
    const { code, stderr } = await ganglion(args)
    expect([code, stderr]).toEqual([1, 'ganglion: --batch-size 33, 3 batches in a step of wgan-gp, is larger than the data ' +
      '(96 images); use a smaller batch size or more images\n'])
    expect(existsSync(at.in('run'))).toBe(false)
  })
  test('fewer images than the limit', () => refuses(
    ['--limit', '97'],
    '--limit 97 is more than the 96 images of "images"; use a smaller limit or leave it out',
  ))
  test('a limit below the batch', () => refuses(
    ['--limit', '16'],
    '--batch-size 32 is larger than the data (16 images); use a smaller batch size or more images',
  ))
  test('test images of another shape', async () => {
    writeImages(at.in('both', 'train-images-idx3-ubyte'), 40, 6)
    writeImages(at.in('both', 't10k-images-idx3-ubyte'), 40, 7)
    await refuses(
      ['--data', at.in('both')],
      /^the test images of ".*both" are 7x7x1, and the training images 6x6x1; put images of one shape there$/,
    )
  })
  test('of two channels', async () => {
    writeFileSync(at.in('two'), writeIdx([64, 2, 2, 2], new Uint8Array(512)))
    await refuses(
      ['--data', at.in('two')],
      /^the images of ".*two" have 2 channels, expected 1 \(grey\), 3 \(RGB\) or 4 \(RGBA\); write them so$/,
    )
  })
})

describe('models', () => {
  test('images that do not fit the dcgan', async () => {
    const { code, stderr } = await ganglion(['train', 'dcgan', '--data', at.in('images'), '--out', at.in('run')])
    expect(stderr).toBe('ganglion: images of 6x6x1 were given, and the dcgan takes images whose sides four divides; ' +
      `resize the images, or choose another model (${takers([6, 6, 1])})\n`)
    expect([code, existsSync(at.in('run'))]).toEqual([1, false])
  })
  test('weights too large for the memory', () => refuses(
    ['--hidden', '1000000000'],
    /^out of memory: \d+\.\d MB for weights and the optimizer's memory; use a smaller batch size, fewer units or filters /,
  ))
  test('a plan too large for the memory', async () => {
    writeImages(at.in('many'), 60_000, 2)
    await refuses(
      ['--data', at.in('many'), '--batch-size', '60000', '--hidden', '20000'],
      /^out of memory: \d+\.\d MB for the temporaries of a step; use a smaller batch size, /,
    )
  })
})

describe('the run folder', () => {
  const files = () => readdirSync(at.in('run')).sort()

  test('that is not empty is refused and left alone, unless forced; other files stay', async () => {
    mkdirSync(at.in('run'))
    writeFileSync(at.in('run', 'notes.txt'), 'mine')
    const { code, stderr } = await train()
    expect(stderr).toBe(`ganglion: the folder "${at.in('run')}" is not empty: it holds "notes.txt"; ` +
      'choose another --out, or replace the run in it with --force\n')
    expect([code, files()]).toEqual([1, ['notes.txt']])
    expect((await train('--force', '--quiet')).code).toBe(0)
    expect(files()).toEqual(
      [
        'checksums.txt', 'config.json', 'digest.txt', 'metrics.jsonl', 'notes.txt', 'samples', 'state.safetensors',
        'weights.safetensors',
      ],
    )
  })

  test('stays as it is where anything is in the way of the run that is to replace it', async () => {
    mkdirSync(at.in('run', 'samples'), { recursive: true })
    await train('--quiet', '--force')
    for (const name of ['mine.png', 'epoch-0007.png']) writeFileSync(at.in('run', 'samples', name), name)
    for (const name of ['checksums.txt', 'digest.txt', 'samples/epoch-0001.png', 'samples/epoch-0009.png']) {
      const kept = existsSync(at.in('run', name)) ? readFileSync(at.in('run', name)) : undefined
      rmSync(at.in('run', name), { force: true })
      mkdirSync(at.in('run', name))
      const before = [...files(), ...readdirSync(at.in('run', 'samples'))]
      const { code, stderr } = await train('--force', '--seed', '2')
      expect([code, stderr]).toEqual([1, `ganglion: cannot prepare run folder "${at.in('run', name)}": ` +
        'a folder of that name is in the way; move it away, or choose another folder\n'])
      expect([...files(), ...readdirSync(at.in('run', 'samples'))]).toEqual(before)
      rmSync(at.in('run', name), { recursive: true })
      if (kept) writeFileSync(at.in('run', name), kept)
    }
    expect((await ganglion(['sample', at.in('run')])).code).toBe(0)
    expect((await train('--force', '--seed', '2')).code).toBe(0)
    expect(readdirSync(at.in('run', 'samples')).sort()).toEqual(
      ['epoch-0000.png', 'epoch-0001.png', 'mine.png', 'reconstruction-epoch-0001.png'])
  })

  test('of an earlier run stays when the run that was to replace it cannot start', async () => {
    await train()
    const before = readFileSync(at.in('run', 'digest.txt'), 'utf8')
    expect((await train('--force', '--batch-size', '1000')).code).toBe(1)
    expect((await train('--force', '--hidden', '1000000000')).code).toBe(1)
    expect(readFileSync(at.in('run', 'digest.txt'), 'utf8')).toBe(before)
  })

  test('and its new parents go when there is nothing to keep', async () => {
    writeFileSync(at.in('file'), '')
    const { code } = await train('--out', `${at.path}/a/b/../../file/x`)
    expect(code).toBe(1)
    expect((await train('--out', at.in('c', 'd', 'x'.repeat(300)))).code).toBe(1)
    expect(readdirSync(at.path).sort()).toEqual(['file', 'images'])
  })

  test('cannot be a file', async () => {
    writeFileSync(at.in('file'), 'mine')
    const { code, stderr } = await train('--out', at.in('file'))
    expect([code, stderr]).toEqual(
      [1, `ganglion: cannot prepare run folder "${at.in('file')}": a file of that name is in the way; choose another path\n`],
    )
  })
})

test('a NaN: names step and op, keeps the last good weights', async () => {
  const { code, stderr } = await train('--learning-rate', '1e30')
  expect(code).toBe(1)
  expect(stderr).toMatch(
    /^ganglion: training stopped at step \d: the op '\w+' of '\w+' was the first to produce a NaN or an infinity; the weights are those after step \d\. Use a lower --learning-rate \(kept in .*run\)\n$/,
  )
  const { code: sampled } = await ganglion(['sample', at.in('run')])
  expect(sampled).toBe(0)
})

describe('a run to read', () => {
  test.each(['sample', 'reconstruct', 'interpolate', 'evaluate'])('%s: no run', async (command) => {
    for (const folder of ['run', 'odd/config.json']) mkdirSync(at.in(folder), { recursive: true })
    const all = [
      [at.in('run'), 'it holds no config.json'], [at.in('none'), 'there is no such folder'], [at.in('images'), 'it is a file'],
      [at.in('images', 'x'), 'there is no such folder'], [at.in('odd'), 'its config.json is a folder'],
    ]
    for (const [folder, why] of all) {
      const stderr = `ganglion: "${folder}" is not a run folder: ${why}; give a folder that "ganglion train" wrote\n`
      expect(await ganglion([command, folder!])).toEqual({ code: 1, stdout: '', stderr })
    }
  })

  test('damaged', async () => {
    await train()
    const [config, weights] = [at.in('run', 'config.json'), at.in('run', 'weights.safetensors')]
    const [json, bytes] = [readFileSync(config, 'utf8'), readFileSync(weights)]
    const says = async (message: string | RegExp) => {
      const { code, stderr } = await ganglion(['sample', at.in('run')])
      expect(code).toBe(1)
      expect(stderr).toMatch(message)
      expect(existsSync(at.in('run', 'sample.png'))).toBe(false)
    }
    writeFileSync(weights, bytes.subarray(0, 500))
    await says(/^ganglion: ".*weights\.safetensors" is not a valid safetensors file: .*\n$/)
    writeFileSync(config, json.replace('"hidden": 8', '"hidden": 9'))
    writeFileSync(weights, bytes)
    await says(
      /^ganglion: ".*weights\.safetensors" does not fit the run's config\.json: weights: '.*' has shape \[.*\], expected \[.*\]; .*\n$/,
    )
    writeFileSync(config, json.replace('"hidden": 8', '"hidden": "8"'))
    await says(/config\.json" is damaged: model\.options: vae: hidden is '8', expected a positive integer; /)
    writeFileSync(config, json.replace('"vae"', '"vea"'))
    const names = modelNames.join(', ')
    await says(new RegExp(`^ganglion: the run ".*run" is of the model "vea", which is none of the package \\(${names}\\)`))
    writeFileSync(config, json.replace('"format": 1', '"format": 2'))
    await says(/config\.json" has the format 2, and this version of Ganglion reads 1; update Ganglion\n$/)
    const { data, training, ...rest } = JSON.parse(json) as { data: object, training: object }
    for (const [found, message] of [
      [{ data: null }, 'data expected an object, found null'],
      [{ data: [] }, 'data expected an object, found []'],
      [{ data: { ...data, source: null } }, 'data.source expected mnist, fashion, emoji or a path, found null'],
      [{ data: { ...data, count: 0 } }, 'data.count expected a positive integer, found 0'],
      [{ data: { ...data, sha256: 'x' } }, 'data.sha256 expected 64 hexadecimal digits, found "x"'],
      [{ training: { ...training, epochs: -1 } }, 'training.epochs expected a positive integer, found -1'],
      [{ training: { ...training, precision: 'loose' } }, 'training.precision expected deterministic or relaxed, found "loose"'],
    ] as const) {
      writeFileSync(config, JSON.stringify({ ...rest, data, training, ...found }))
      const { stderr } = await ganglion(['reconstruct', at.in('run')])
      expect(stderr).toBe(`ganglion: "${config}" is damaged: ${message}; train again, or mend it by hand\n`)
    }
    writeFileSync(config, json.slice(0, 100))
    await says(/config\.json" is damaged: it is not JSON; train again, or mend it by hand\n$/)
  })
})

test('a picture does not replace what training wrote', async () => {
  await train()
  const path = at.in('run', 'samples', 'epoch-0001.png')
  const before = readFileSync(path)
  const { code, stderr } = await ganglion(['sample', at.in('run'), '--out', `${at.path}/run/../run/samples/epoch-0001.png`])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^ganglion: ".*epoch-0001.png" is a picture that training keeps, and is left as it is; give --out another name\n$/)
  expect(readFileSync(path).equals(before)).toBe(true)
  expect((await ganglion(['sample', at.in('run'), '--out', at.in('run', 'samples', 'mine.PNG')])).code).toBe(0)
})

test.each(['{"name": "mine"}', 'hello'])('bench --json does not replace %s', async (content) => {
  writeFileSync(at.in('package.json'), content)
  const { code, stderr } = await ganglion(['bench', '--json', at.in('package.json')])
  expect([code, stderr]).toEqual([1, `ganglion: "${at.in('package.json')}" holds something else than a report of ` +
    '"ganglion bench", and is left as it is; give --json a new name\n'])
  expect(readFileSync(at.in('package.json'), 'utf8')).toBe(content)
})

test('bench --json FILE, where FILE is a folder', async () => {
  const { code, stderr } = await ganglion(['bench', '--json', at.path])
  expect([code, stderr]).toEqual([1, `ganglion: cannot write "${at.path}": it is a folder; give the name of a file\n`])
})

test('a GAN cannot reconstruct, and has no figures but those of its samples', async () => {
  const run = at.in('gan')
  await ganglion(['train', 'gan', '--data', at.in('images'), '--out', run, '--quiet', ...SMALL])
  const { code, stderr } = await ganglion(['reconstruct', run])
  const says = async (...options: string[]) => (await ganglion(['evaluate', run, ...options])).stderr
  expect(await says('--samples', '0')).toBe('ganglion: a gan has no figures of its own; leave out --samples 0\n')
  expect(await says('--nll', '2')).toBe('ganglion: a gan has no likelihood to estimate; leave out --nll\n')
  expect(await says('--samples', '5')).toMatch(/^ganglion: 5 samples cannot be compared with \d+ images, expected at least 6 of each; /)
  expect((await ganglion(['evaluate', run, '--samples', '6'])).stdout)
    .toMatch(/^frechet \S+ {2}kernel .* coverage \S+ {2}\(6 samples beside \d+ training images of \S+, features of \S+ [\da-f]{8}\)\n$/)
  expect([code, stderr]).toEqual(
    [1, `ganglion: a gan cannot reconstruct: it has no encoder; use "ganglion sample ${run}" or "ganglion interpolate ${run}"\n`],
  )
})

test('--json: the last line tells of the error, whenever it comes', async () => {
  for (const wrong of [['--limit', '97'], ['--learning-rate', '1e30'], ['--out', at.in('images')]]) {
    const { stdout, stderr } = await train('--json', ...wrong)
    const event = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as object
    expect(event).toEqual({ event: 'error', message: stderr.slice('ganglion: '.length, -1) })
  }
  expect((await train('--json', '--limit', '0')).stdout).toBe('')
})

test.each(modelNames.filter((kind) => 'filters' in models[kind].options))(
  '%s: --filters are kept with the model, and its command repeats it', async (kind) => {
    const { initial } = models[kind].options['filters'] as { initial?: number | number[] }
    const filters = Array.isArray(initial) ? initial.map((_, i) => 4 - i) : 2
    writeBars(kind, at.in('images'), at.in('labels'), models[kind]().batchesPerStep ?? 1)
    const args = ['train', kind, '--data', at.in('images'), ...smallFlags(kind), '--epochs', '1', '--quiet']
    expect(await ganglion([...args, '--filters', String(filters), '--out', at.in(kind)])).toMatchObject({ code: 0, stderr: '' })
    const { command, model } = JSON.parse(readFileSync(at.in(kind, 'config.json'), 'utf8')) as
      { command: string, model: { options: object } }
    expect(model.options).toMatchObject({ filters })
    expect(command).toContain(` --filters ${filters} `)
    await ganglion([...command.split(' ').slice(1), '--out', at.in('again'), '--force', '--quiet'])
    const digest = (run: string) => readFileSync(at.in(run, 'digest.txt'), 'utf8')
    expect(digest('again')).toBe(digest(kind))
    expect((await ganglion(['sample', at.in(kind)])).code).toBe(0)
  },
)
