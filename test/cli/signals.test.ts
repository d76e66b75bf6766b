// Signals that come while the built command trains: what is kept, and which code it ends with.
import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ganglion, place, type Place, spawned } from './ganglion.ts'

let at: Place
beforeAll(() => { at = place() })
afterAll(() => at.remove())

const FILES = [
  'checksums.txt', 'config.json', 'digest.txt', 'metrics.jsonl', 'samples', 'state.safetensors', 'weights.safetensors',
]
const read = (...names: string[]) => readFileSync(at.in(...names), 'utf8')
const lines = (text: string) => text.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)

describe('a signal', () => {
  test('SIGINT ends after the running steps and keeps what was trained', async () => {
    const args = ['train', 'vae', '--epochs', '50', '--out', 'stopped', '--json']
    const { code, stdout, stderr } = await spawned(args, at.path, (child, { stdout }) => {
      if (stdout.includes('"event":"progress"') && !child.killed) child.kill('SIGINT')
    })
    const done = lines(stdout).at(-1)!
    expect(code).toBe(130)
    expect(done).toMatchObject({ event: 'done', stopped: 'SIGINT', digest: read('stopped', 'digest.txt').trim() })
    expect(stderr).toBe(`ganglion: stopped at step ${String(done['step'])}, kept in stopped\n`)
    expect(lines(read('stopped', 'metrics.jsonl'))).toMatchObject([{ epoch: 1, step: done['step'], complete: false }])
    expect(readdirSync(at.in('stopped', 'samples')).sort()).toEqual(
      ['epoch-0000.png', 'epoch-0001.png', 'reconstruction-epoch-0001.png'],
    )
    expect((await ganglion(['sample', at.in('stopped')])).code).toBe(0)
  })

  test('SIGTERM too, with its own code', async () => {
    const { code, stderr } = await ganglion(['train', 'gan', '--epochs', '50', '--out', at.in('term')], { signal: 'SIGTERM' })
    expect(code).toBe(143)
    expect(stderr).toMatch(
      /^stopping after the running steps; a second signal ends at once\nganglion: stopped at step \d+, kept in .*term\n$/,
    )
  })

  test('SIGHUP twice, as from a terminal that closes: kept like any other', async () => {
    const args = ['train', 'vae', '--epochs', '50', '--out', 'hung']
    const { code, stderr } = await spawned(args, at.path, (child, { stdout }) => {
      if (!stdout.includes('into hung') || child.killed) return
      child.kill('SIGHUP')
      setTimeout(() => child.kill('SIGHUP'), 20)
    })
    expect(code).toBe(129)
    expect(stderr).toMatch(/\nganglion: stopped at step \d+, kept in hung\n$/)
    expect(readdirSync(at.in('hung')).sort()).toEqual(FILES)
  })

  test('two that come while the same steps run end right after them', async () => {
    const args = ['train', 'vae', '--epochs', '50', '--out', 'both']
    const { signal } = await spawned(args, at.path, (child, { stdout }) => {
      if (!stdout.includes('into both') || child.killed) return
      // A process that is stopped finds both when it goes on, in any order.
      for (const name of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const) child.kill(name)
    })
    expect(['SIGINT', 'SIGTERM']).toContain(signal)
  })

  test('a second one ends at once', async () => {
    const args = ['train', 'vae', '--epochs', '50', '--out', 'twice']
    const { signal } = await spawned(args, at.path, (child, { stdout, stderr }) => {
      if (stderr.includes('stopping') || (stdout.includes('into twice') && !child.killed)) child.kill('SIGINT')
    })
    expect(signal).toBe('SIGINT')
  })
})
