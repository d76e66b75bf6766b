// An export that is killed at any of its calls of the file system: what it was to write is there whole or not at all, and the
// next export leaves nothing of it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FormatName, formats } from '../../src/export/export.ts'
import { vae } from '../../src/models/vae.ts'
import { saveConfig, saveRun } from '../../src/node/index.ts'
import { Model } from '../../src/train/model.ts'
import { version } from '../../src/version.generated.ts'
import { runtime } from '../harness.ts'
import { doomed, ganglion, place, type Place } from './ganglion.ts'

let at: Place
beforeAll(async () => {
  at = place()
  for (const seed of [1, 2]) {
    const model = await Model.create(runtime, vae({ hidden: 4, latent: 2, imageShape: [3, 3, 1] }), { seed })
    mkdirSync(at.in(`run${seed}`))
    await saveRun(at.in(`run${seed}`), model)
    await saveConfig(at.in(`run${seed}`), {
      format: 1, model: model.definition, training: { seed }, software: { ganglion: version, core: '', node: '' },
    })
  }
})
beforeEach(() => {
  rmSync(at.in('out'), { recursive: true, force: true })
  mkdirSync(at.in('out'))
})
afterAll(() => at.remove())

const exported = (run: number, format: FormatName, ...more: string[]) =>
  ['export', at.in(`run${run}`), '--format', format, '--out', at.in('out', 'x'), ...more]
const killed = async (call: number, args: readonly string[]) => {
  const { signal, code } = await doomed(args, at.path, { in: at.in('out'), call, fate: 'half' })
  expect(signal ?? code).toBe(signal ? 'SIGKILL' : 0)
  return signal !== null
}
/** All below a path, with what files hold. */
function contents(path: string, name = ''): Record<string, string> {
  if (!existsSync(path)) return {}
  if (!statSync(path).isDirectory()) return { [name]: readFileSync(path).toString('base64') }
  return Object.assign({}, ...readdirSync(path).map((each) => contents(join(path, each), `${name}/${each}`))) as
    Record<string, string>
}
const wholeOf = async (run: number, format: FormatName) => {
  expect((await ganglion(exported(run, format, '--force'))).code).toBe(0)
  return contents(at.in('out', 'x'))
}

test.each(['npz', 'safetensors'] as const)('%s, where nothing is', async (format) => {
  const whole = await wholeOf(1, format)
  rmSync(at.in('out', 'x'), { recursive: true })
  let kills = 0
  while (await killed(kills + 1, exported(1, format))) {
    kills++
    const found = contents(at.in('out', 'x'))
    expect([{}, whole]).toContainEqual(found)
    const there = Object.keys(found).length > 0
    expect((await ganglion(exported(1, format, ...(there ? ['--force'] : [])))).code).toBe(0)
    expect(readdirSync(at.in('out'))).toEqual(['x'])
    expect(contents(at.in('out', 'x'))).toEqual(whole)
    rmSync(at.in('out', 'x'), { recursive: true })
  }
  expect(kills).toBeGreaterThan(formats[format].folder ? 15 : 6)
})

test('a folder, with --force in place of another', async () => {
  const format = 'safetensors'
  const [next, before] = [await wholeOf(2, format), await wholeOf(1, format)]
  expect(next).not.toEqual(before)
  let kills = 0
  while (await killed(kills + 1, exported(2, format, '--force'))) {
    kills++
    const found = contents(at.in('out', 'x'))
    for (const name of Object.keys(before)) expect([before[name], next[name]]).toContain(found[name])
    expect(await wholeOf(2, format)).toEqual(next)
    expect(readdirSync(at.in('out'))).toEqual(['x'])
    await wholeOf(1, format)
  }
  expect(kills).toBeGreaterThan(15)
})

test('what an export into the run left, one of another format removes', async () => {
  // More than a system has (PID_MAX_LIMIT).
  const left = at.in('run1', '.generator.npz.4194305.7.tmp')
  writeFileSync(left, 'half')
  expect((await ganglion(['export', at.in('run1'), '--format', 'onnx'])).code).toBe(0)
  expect(existsSync(left)).toBe(false)
})

test('of a process that still writes, nothing is removed', async () => {
  const name = `.x.${process.pid}.1.tmp`
  mkdirSync(at.in('out', name))
  expect((await ganglion(exported(1, 'npz'))).code).toBe(0)
  expect(readdirSync(at.in('out')).sort()).toEqual([name, 'x'])
})
