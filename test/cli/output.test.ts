// Standard output that cannot be written: one sentence, exit code 1, and a run folder as after any other failure.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ganglion, main, place, type Place } from './ganglion.ts'

let at: Place
beforeEach(() => { at = place() })
afterEach(() => at.remove())

const TRAIN = 'train vae --data images --batch-size 32 --hidden 8 --latent 2'
const shell = (line: string) => {
  const { status, stderr } = spawnSync('sh', ['-c', line, process.execPath, main()], { cwd: at.path, encoding: 'utf8' })
  return { code: status, stderr }
}
const FULL = { code: 1, stderr: 'ganglion: cannot write to standard output: the disk is full; free some space and try again\n' }

describe.runIf(existsSync('/dev/full'))('a full disk', () => {
  test.each(['info', 'info --json', '--help', 'help train', '--version', 'verify random'])('%s', (line) => {
    expect(shell(`"$0" "$1" ${line} > /dev/full`)).toEqual(FULL)
  })

  test.each(['', ' --json'])('train%s: nothing stays', (how) => {
    expect(shell(`"$0" "$1" ${TRAIN} --epochs 100000 --out a/run${how} > /dev/full`)).toEqual(FULL)
    expect(readdirSync(at.path)).toEqual(['images'])
  })

  test('train --quiet, which writes at its end: the run is whole; sample: so is the picture', async () => {
    expect(shell(`"$0" "$1" ${TRAIN} --epochs 2 --out run --quiet > /dev/full`)).toEqual(FULL)
    expect(shell('"$0" "$1" sample run > /dev/full')).toEqual(FULL)
    expect(readdirSync(at.in('run'))).toContain('sample.png')
    expect((await ganglion(['sample', at.in('run'), '--out', at.in('again.png')])).code).toBe(0)
  })

  test('of errors: the code still tells', () => {
    expect(shell('"$0" "$1" trian 2> /dev/full')).toEqual({ code: 2, stderr: '' })
  })
})

test('a reader that goes away ends the output, not the training', () => {
  const { stderr } = shell(`"$0" "$1" ${TRAIN} --epochs 3 --out run | true`)
  expect(stderr).toBe('')
  expect(readdirSync(at.in('run', 'samples'))).toContain('epoch-0003.png')
})

describe.runIf(existsSync('/usr/bin/script'))('a terminal', () => {
  const typescript = (term: string) => spawnSync('script', [
    '-qec', `"${process.execPath}" "${main()}" ${TRAIN} --epochs 2 --out ${term}`, '/dev/null',
  ], { cwd: at.path, encoding: 'utf8', env: { ...process.env, TERM: term } }).stdout
  test('that moves its cursor has a bar', () => expect(typescript('xterm')).toContain('\x1b['))
  test('that is dumb has lines', () => {
    const shown = typescript('dumb')
    expect(shown).toMatch(/^kept in +dumb\r?$/m)
    expect(shown).not.toContain('\x1b')
  })
})
