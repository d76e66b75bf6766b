// Disks that are really full or read-only, where the system lets a test make one: a private mount in a namespace of the
// child's own. A limit on file sizes works everywhere.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { main, place, type Place } from './ganglion.ts'

let at: Place
beforeEach(() => {
  at = place()
  mkdirSync(at.in('disk'))
})
afterEach(() => at.remove())

const shell = (script: string, unshare = true) => {
  const words = ['sh', '-c', script, 'sh', process.execPath, main()]
  const [command, ...args] = unshare ? ['unshare', '-rm', ...words] : words
  const { status, stdout, stderr } = spawnSync(command!, args, { cwd: at.path, encoding: 'utf8' })
  return { code: status, stdout, stderr }
}
const TRAIN = '"$1" "$2" train vae --data images --epochs 1 --batch-size 32 --hidden 64 --latent 2 --quiet --out disk/run'
const mounts = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
const needsMount = (name: string) => (mounts ? name : `${name} (skipped: this system lets no test mount a disk: unshare -rm)`)

test.skipIf(!mounts)(needsMount('a read-only disk: nothing is written'), () => {
  const { code, stderr } = shell(`mount -t tmpfs -o ro none disk && ${TRAIN}`)
  expect([code, stderr]).toEqual(
    [1, 'ganglion: cannot prepare run folder "disk/run": the file system is read-only; choose another folder\n'],
  )
})

test.skipIf(!mounts)(needsMount('a full disk before there are weights: nothing stays behind'), () => {
  const { stdout, stderr } = shell(`mount -t tmpfs -o size=32k none disk && ${TRAIN}; echo code $?; find disk -mindepth 1`)
  expect(stderr).toMatch(/^ganglion: cannot write "disk\/run\/.*": the disk is full; free some space and try again\n$/)
  expect(stdout).toBe('code 1\n')
})

test('a file that may not grow so large: nothing stays behind', () => {
  const { code, stderr } = shell(`trap '' XFSZ; ulimit -f 8; ${TRAIN}`, false)
  expect(code).toBe(1)
  expect(stderr).toMatch(/^ganglion: cannot write "disk\/run\/.*": .*\n$/)
  expect(readdirSync(at.in('disk'))).toEqual([])
})

test.skipIf(!mounts)(needsMount('a disk that is full when the run is saved again: what was saved first is whole'), () => {
  const full = 'head -c $(($(df --output=avail -B1 disk | tail -1) - 40000)) /dev/zero >disk/full'
  const on = '"$1" "$2" train --resume disk/run --epochs 2 --quiet >/dev/null'
  const saved = '"$1" "$2" sample disk/run --out saved.png'
  const files = 'ls -A disk/run && cd disk/run && sha256sum --check --quiet checksums.txt'
  const check = `${saved}; ${files} && echo whole`
  // Room for the picture of an epoch, and not for the files of a save beside those that are there.
  const mount = 'mount -t tmpfs -o size=400k none disk'
  const { stdout, stderr } = shell(`${mount}; ${TRAIN} >/dev/null; ${full}; ${on}; echo code $?; ${check}`)
  expect(stderr).toMatch(new RegExp('^ganglion: cannot write "disk/run/.*": the disk is full; free some space and try again ' +
    '\\("disk/run" keeps the run as it was after step 3\\)\n$'))
  expect(stdout).toBe(['code 1', 'saved.png', 'checksums.txt', 'config.json', 'digest.txt', 'metrics.jsonl', 'samples',
    'state.safetensors', 'weights.safetensors', 'whole', ''].join('\n'))
})
