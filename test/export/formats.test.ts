// Every format: every part of every model is written, of the same bytes twice, and what cannot be is refused in one sentence.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { flagsOfFormat } from '../../src/cli/format_options.ts'
import { exportModel, type FormatName, formatNames, formats } from '../../src/export/export.ts'
import { fileNameOf, type Files } from '../../src/export/format.ts'
import { PARTS, partsOf } from '../../src/export/part.ts'
import { version } from '../../src/version.generated.ts'
import { modelNames, models } from '../../src/models/kinds.ts'
import { saveConfig, saveRun } from '../../src/node/index.ts'
import { Model } from '../../src/train/model.ts'
import { ganglion } from '../cli/ganglion.ts'
import { runtime } from '../harness.ts'

const made = new Map(await Promise.all(modelNames.map(async (kind) =>
  [kind, await Model.create(runtime, models[kind](models[kind].verify.options), { seed: 3 })] as const)))
const folder = mkdtempSync(join(tmpdir(), 'ganglion-export-'))
const run = join(folder, 'vae')
const all = formatNames.flatMap((format) => modelNames.flatMap((kind) => partsOf(made.get(kind)!.definition)
  .filter((part) => !formats[format].parts || formats[format].parts.includes(part)).map((part) => [format, kind, part] as const)))

const hashOf = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex')
const hashes = (files: Files) => [...files].map(([name, data]) => [name, hashOf(data)])

beforeAll(async () => {
  const model = made.get('vae')!
  mkdirSync(run)
  await saveRun(run, model)
  await saveConfig(run, {
    format: 1, model: model.definition, training: { seed: 3 }, software: { ganglion: version, core: '', node: '' },
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each(all)('%s: of %s the %s', async (format, kind, part) => {
  const model = made.get(kind)!
  const before = await model.digest()
  const files = await exportModel(model, format, { part })
  expect([...files.values()].every((data) => data.length > 0)).toBe(true)
  if (!formats[format].folder) expect([...files.keys()]).toEqual([fileNameOf(formats[format], part)])
  expect(hashes(await exportModel(model, format, { part }))).toEqual(hashes(files))
  expect(await model.digest()).toBe(before)
})

test('every model has a generator and a decoder; the others where it has such networks', () => {
  expect(Object.fromEntries(modelNames.map((kind) => [kind, partsOf(made.get(kind)!.definition).slice(2)]))).toMatchObject({
    autoencoder: ['encoder', 'autoencoder'], dcgan: ['discriminator'], gan: ['discriminator'], lsgan: ['discriminator'],
    vae: ['encoder', 'autoencoder'],
  })
})

test('formats that share a flag agree on whether it takes a value', () => {
  const flags = new Map<string, string | undefined>()
  for (const name of formatNames) {
    for (const [flag, { value }] of Object.entries(flagsOfFormat(formats[name].options))) {
      if (flags.has(flag)) expect(value, flag).toBe(flags.get(flag))
      flags.set(flag, value)
    }
  }
  const common = ['format', 'part', 'out', 'force', 'model', 'class-names', 'help']
  expect(common.filter((flag) => flags.has(flag))).toEqual([])
})

describe('the command line', () => {
  const exported = (...args: string[]) => ganglion(['export', run, ...args])
  /** All files of the folder, with what they hold. */
  const contents = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name)).sort().map((path) => [path, hashOf(readFileSync(path))])

  test.each(formatNames)('%s: to a place of its own, which is not replaced without --force', async (format) => {
    const place = join(folder, `out-${format}`)
    const first = await exported('--format', format, '--out', place)
    expect(first).toEqual({ code: 0, stdout: `${place}\n`, stderr: '' })
    const written = contents()
    const other = formats[format].folder ? 'folder' : 'name'
    expect(await exported('--format', format, '--out', place)).toEqual({
      code: 1, stdout: '',
      stderr: `ganglion: "${place}" is there already; give --out another ${other}, or replace it with --force\n`,
    })
    expect(contents()).toEqual(written)
    expect((await exported('--format', format, '--out', place, '--force')).code).toBe(0)
    expect(contents()).toEqual(written)
  })

  test.each(formatNames)('%s: by default into the run', async (format) => {
    const place = join(run, fileNameOf(formats[format], 'generator'))
    expect(await exported('--format', format)).toEqual({ code: 0, stdout: `${place}\n`, stderr: '' })
    rmSync(place, { recursive: true })
  })

  const [format] = formatNames as [FormatName]
  const none = 'export one of its parts: generator, decoder, encoder, autoencoder'
  test.each<[string, readonly string[], string]>([
    ['a part that the model has not', ['--part', 'discriminator'], `a vae has no discriminator; ${none}`],
    ["a run's file", ['--out', join(run, 'weights.safetensors'), '--force'],
      `"${join(run, 'weights.safetensors')}" is a file that training keeps, and is left as it is; give --out another name`],
    ['a folder that is not there', ['--out', join(folder, 'no', 'file')],
      `cannot write "${join(folder, 'no', 'file')}": its folder does not exist; create the folder first`],
  ])('%s is refused, and nothing is written', async (_, args, message) => {
    const before = contents()
    const single = formatNames.find((name) => !formats[name].folder) ?? format
    expect(await exported('--format', single, ...args)).toEqual({ code: 1, stdout: '', stderr: `ganglion: ${message}\n` })
    expect(contents()).toEqual(before)
  })

  test('a file in the way of a folder is refused, and nothing is left', async () => {
    const several = formatNames.find((name) => formats[name].folder)
    if (!several) return
    const place = join(folder, 'file')
    writeFileSync(place, 'mine')
    const before = contents()
    const { code, stderr } = await exported('--format', several, '--out', place, '--force')
    const message = `cannot write "${place}": a file of that name is in the way; choose another path`
    expect([code, stderr]).toEqual([1, `ganglion: ${message}\n`])
    expect(contents()).toEqual(before)
  })
})

describe('what cannot be exported', () => {
  const spoiled = async (name: string, value: number) => {
    const { definition } = made.get('vae')!
    const model = await Model.create(runtime, models.vae(models.vae.verify.options))
    const variable = model.session.variables.find((v) => v.attrs.name === name)!
    model.session.write(variable, new Float32Array(variable.size).fill(value))
    return { model, definition }
  }
  test.each(formatNames)('%s: weights of the part that are not finite; those of others do not matter', async (format) => {
    const { model } = await spoiled('decoder/dense_1/bias', NaN)
    await expect(exportModel(model, format)).rejects.toThrow(new RangeError(
      "export: 'decoder/dense_1/bias' holds NaN, expected finite numbers; load weights from before it arose"))
    const part = formats[format].parts?.includes('encoder') === false ? undefined : 'encoder'
    if (part) expect((await exportModel(model, format, { part })).size).toBeGreaterThan(0)
  })

  test('a part or a format that there is not', async () => {
    const model = made.get('gan')!
    for (const part of PARTS.filter((name) => !partsOf(model.definition).includes(name))) {
      await expect(exportModel(model, formatNames[0]!, { part })).rejects.toThrow(
        `a gan has no ${part}; export one of its parts: generator, decoder, discriminator`)
    }
    await expect(exportModel(model, 'gif' as FormatName)).rejects.toThrow(
      new RangeError(`exportModel: there is no format 'gif', expected ${formatNames.join(', ')}`))
  })
})
