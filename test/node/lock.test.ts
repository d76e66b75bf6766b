// Who has a folder: never two, however long a process stalls between two calls of the file system; and never the dead.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync,
  utimesSync, writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GanglionError } from '../../src/errors.ts'
import { FolderInUse, FolderLost, lockFolder } from '../../src/node/lock.ts'
import { MACHINE, runs, startOf } from '../../src/node/processes.ts'

let top: string
let folder: string
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'ganglion-lock-'))
  folder = join(top, 'run')
  mkdirSync(folder)
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

const dead = () => spawnSync(process.execPath, ['-e', '']).pid
const ticket = ({ pid = process.pid, machine = MACHINE, start = startOf(pid), id = 'a'.repeat(16) } = {}) =>
  join(folder, `.lock.${pid}.${machine}.${start}.${id}`)
const refused = (path: string, pid: number, on = '', end = '') => new FolderInUse(`the folder "${folder}" is in use: ` +
  `process ${pid}${on} trains into it; wait for its end or choose another folder, or delete "${path}" ` +
  `if there is no such process${end}`)
const free = async () => {
  const { release } = await lockFolder(folder)
  expect(readdirSync(folder)).toHaveLength(1)
  await release()
  expect(readdirSync(folder)).toEqual([])
}

test('one has it, and gives it back', async () => {
  const { check, release } = await lockFolder(folder)
  const [name] = readdirSync(folder)
  await check()
  await expect(lockFolder(folder)).rejects.toThrow(refused(join(folder, name!), process.pid))
  await release()
  await free()
})

test('of many that ask at once, one has it', async () => {
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)))
  const locks = all.filter((one) => one.status === 'fulfilled')
  expect(locks).toHaveLength(1)
  for (const one of all) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(FolderInUse)
  await locks[0]!.value.release()
  await free()
})

describe('a lock of', () => {
  test('a dead process ends', async () => {
    writeFileSync(ticket({ pid: dead(), start: 0 }), 'x')
    await free()
  })

  test.runIf(startOf(process.pid))('an earlier process with the number of one that runs ends', async () => {
    writeFileSync(ticket({ pid: process.ppid, start: startOf(process.ppid) + 1 }), 'x')
    await free()
  })

  test('a process that runs does not end, however old it is', async () => {
    const path = ticket({ pid: process.ppid })
    writeFileSync(path, 'x')
    utimesSync(path, 0, 0)
    await expect(lockFolder(folder)).rejects.toThrow(refused(path, process.ppid))
    expect(existsSync(path)).toBe(true)
  })

  test('another computer ends two minutes after its last sign of life', async () => {
    const path = ticket({ pid: 7, machine: '0'.repeat(12), start: 1 })
    writeFileSync(path, '{"pid":7,"host":"elsewhere"}')
    const end = '; the lock of a computer that died ends by itself after two minutes'
    for (const [age, ends] of [[0, false], [60, false], [115, false], [125, true]] as const) {
      utimesSync(path, Date.now() / 1000 - age, Date.now() / 1000 - age)
      if (ends) await free()
      else await expect(lockFolder(folder)).rejects.toThrow(refused(path, 7, ' on elsewhere', end))
    }
  })
})

test.runIf(existsSync('/proc/self/stat'))('a process that has ended and that nobody has asked about is dead', async () => {
  // A shell that becomes another program does not ask.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 30'])
  const pid = await new Promise<number>((done) => parent.stdout.once('data', (text) => done(Number(text))))
  await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ')
  expect([runs(pid), runs(parent.pid!)]).toEqual([false, true])
  parent.kill()
})

describe('what is no lock is an error, and stays', () => {
  const says = async (path: string, why: string) => {
    await expect(lockFolder(folder)).rejects.toThrow(new GanglionError(
      `"${path}" is not a lock that Ganglion wrote: ${why}; delete it if nothing trains into the folder`))
    expect(readdirSync(folder)).toHaveLength(1)
  }
  const names = () => [join(folder, '.lock'), ticket({ pid: dead() })]
  test('a folder', async () => {
    for (const path of names()) {
      mkdirSync(path)
      await says(path, 'it is no file')
      rmSync(path, { recursive: true })
    }
  })
  test.skipIf(process.platform === 'win32')('a FIFO, a link', async () => {
    for (const path of names()) {
      execFileSync('mkfifo', [path])
      await says(path, 'it is no file')
      rmSync(path)
      symlinkSync('/dev/zero', path)
      await says(path, 'it is no file')
      rmSync(path)
    }
  })
  test.each(['', '{', 'null', '"x"', '{"pid":"1"}'])('the text %j', async (text) => {
    writeFileSync(join(folder, '.lock'), text)
    await says(join(folder, '.lock'), 'it names no process')
  })
  test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    writeFileSync(join(folder, '.lock'), '{}')
    chmodSync(join(folder, '.lock'), 0)
    await expect(lockFolder(folder)).rejects.toThrow(/cannot read ".*\.lock": permission denied; /)
  })
})

describe('a lock of an older version', () => {
  const old = (holder: object) => writeFileSync(join(folder, '.lock'), JSON.stringify({ id: 'x', host: hostname(), ...holder }))
  test('ends with its process', async () => {
    old({ pid: dead() })
    await free()
    old({ pid: process.pid })
    await free()
  })
  test('of a process that runs, or of another computer, does not end', async () => {
    old({ pid: process.ppid })
    await expect(lockFolder(folder)).rejects.toThrow(refused(join(folder, '.lock'), process.ppid))
    old({ pid: 1, host: 'elsewhere' })
    await expect(lockFolder(folder)).rejects.toThrow(refused(join(folder, '.lock'), 1, ' on elsewhere'))
  })
})

describe('who has a folder hears of its loss', () => {
  test.each([
    ['removed', () => rmSync(folder, { recursive: true })],
    ['moved', () => renameSync(folder, `${folder}2`)],
    ['replaced', () => { renameSync(folder, `${folder}2`); mkdirSync(folder) }],
  ])('%s', async (_, lose) => {
    const { check, release } = await lockFolder(folder)
    lose()
    await expect(check()).rejects.toThrow(new FolderLost(`the folder "${folder}" was removed or replaced while a run was ` +
      'trained into it; what was learned is lost: train again'))
    await release()
  })
  test('is being removed, the lock first', async () => {
    const { check, release } = await lockFolder(folder)
    rmSync(join(folder, readdirSync(folder)[0]!))
    const checked = check()
    setTimeout(() => rmSync(folder, { recursive: true }), 50)
    await expect(checked).rejects.toThrow(`the folder "${folder}" was removed or replaced`)
    await release()
  })
  test('the lock was removed', async () => {
    const { check, release } = await lockFolder(folder)
    rmSync(join(folder, readdirSync(folder)[0]!))
    await expect(check()).rejects.toThrow(new FolderLost(`the lock of the folder "${folder}" was removed while a run was ` +
      'trained into it: another process may write there; see that none does, and go on with --resume'))
    await release()
  })
})

describe.skipIf(!existsSync('/proc/self/stat'))('a process that stalls', () => {
  const HELD_MS = 1000
  const program = `
    import { appendFileSync } from 'node:fs'
    import { lockFolder } from './lock.mjs'
    const [folder, log, ms] = process.argv.slice(2)
    const say = (what) => appendFileSync(log, what + ' ' + process.pid + '\\n')
    try {
      const lock = await lockFolder(folder)
      say('begin')
      await new Promise((done) => setTimeout(done, Number(ms)))
      say('end')
      await lock.release()
    } catch (error) { say(error.constructor.name === 'FolderInUse' ? 'refused' : 'failed: ' + error.message) }`
  const start = (folder: string, ms: number, fate: object): ChildProcess => spawn(
    process.execPath, ['--import', resolve('test/torture/fate.mjs'), join(top, 'program.mjs'), folder, `${folder}.log`, `${ms}`],
    { env: { ...process.env, GANGLION_FATE: JSON.stringify({ in: folder, ...fate }) }, stdio: 'inherit' },
  )
  const closed = (child: ChildProcess) => new Promise((done) => child.on('close', done))
  const said = (folder: string) => readFileSync(`${folder}.log`, 'utf8').trimEnd().split('\n').map((line) => line.split(' '))

  /** A folder with the lock of a dead process. Calls that taking and giving back takes, with it. */
  function withDeadLock(name: string): string {
    const folder = join(top, name)
    mkdirSync(folder)
    writeFileSync(join(folder, `.lock.${dead()}.${MACHINE}.1.${'b'.repeat(16)}`), 'x')
    return folder
  }

  test('at any call never has it beside another', async () => {
    const outfile = join(top, 'lock.mjs')
    await build({ entryPoints: ['src/node/lock.ts'], outfile, bundle: true, platform: 'node', format: 'esm' })
    writeFileSync(join(top, 'program.mjs'), program)
    const report = join(top, 'calls')
    await closed(start(withDeadLock('alone'), 0, { report }))
    const calls = Number(readFileSync(report, 'utf8'))
    expect(calls).toBeGreaterThan(8)
    const outcomes = new Set<string>()
    const stalled = async (call: number) => {
      const folder = withDeadLock(`stalled-${call}`)
      const [log, stallReport] = [`${folder}.log`, `${folder}.stalled`]
      appendFileSync(log, '')
      const first = start(folder, 0, { call, fate: 'stop', report: stallReport })
      const ends = closed(first)
      await expect.poll(() => readFileSync(`/proc/${first.pid}/stat`, 'utf8'), { timeout: 20_000 }).toContain(') T ')
      // While the first stands still, the second comes and, if it gets the folder, still has it when the first goes on.
      const second = start(folder, HELD_MS, {})
      const secondEnds = closed(second)
      const has = expect.poll(() => readFileSync(log, 'utf8'), { timeout: 5000 }).toContain(`begin ${second.pid}`)
      await Promise.race([secondEnds, has.catch(() => {})])
      first.kill('SIGCONT')
      await Promise.all([ends, secondEnds])
      let holder: string | undefined
      for (const [what, pid] of said(folder)) {
        if (what === 'begin') {
          expect(holder, `call ${call}: ${readFileSync(log, 'utf8')}`).toBeUndefined()
          holder = pid
        }
        if (what === 'end') holder = undefined
        expect(['begin', 'end', 'refused']).toContain(what)
      }
      expect(readdirSync(folder)).toEqual([])
      outcomes.add(said(folder).map(([what, pid]) => `${pid === `${first.pid}` ? 'first' : 'second'} ${what}`).join(', '))
    }
    for (let call = 1; call <= calls; call += 4) {
      await Promise.all(Array.from({ length: Math.min(4, calls - call + 1) }, (_, i) => stalled(call + i)))
    }
    // Both orders came up: the test sees something.
    expect([...outcomes].some((all) => all.startsWith('second begin, first refused'))).toBe(true)
    expect([...outcomes].some((all) => all.startsWith('second refused'))).toBe(true)
  })
})
