// The swarm over a real nats-server (Debian's) on loopback: one digest, whoever is killed and whatever is restarted.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { Kvm } from '@nats-io/kv'
import { connect } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest'
import { loadDataset } from '../../src/node/datasets.ts'
import { loadRun } from '../../src/node/run.ts'
import { Model } from '../../src/train/model.ts'
import { countersOf } from '../../src/train/state.ts'
import { runtime } from '../harness.ts'
import { sha256 } from '../../src/formats/sha256.ts'
import { keptFiles, KeptRun } from '../../src/node/kept_run.ts'
import { Nats, RunHeld } from '../../src/node/nats.ts'
import { encodePng } from '../../src/node/png.ts'
import { Coordinator } from '../../src/swarm/coordinator.ts'
import { decodeMessage, encodeMessage } from '../../src/swarm/protocol.ts'
import { trainTogether } from '../../src/swarm/train.ts'
import { serve } from '../../src/swarm/worker.ts'
import { createWork, type Task } from '../../src/swarm/work.ts'
import { main, place, spawned, ganglion } from '../cli/ganglion.ts'
import { freePort, NatsServer, noNatsServer } from './nats_server.ts'
import { alone, data, EPOCHS, KINDS, modelOf, RECIPE, trainedBy } from '../swarm/kinds.ts'

const WHY = noNatsServer()

describe.skipIf(WHY)(WHY ?? 'over a nats-server', () => {
  const server = new NatsServer()
  const at = place()
  beforeAll(async () => { await server.start() })
  afterAll(async () => {
    await server.end()
    at.remove()
  })
  const read = (...names: string[]): string => readFileSync(at.in(...names), 'utf8')
  const args = (out: string): string[] => [
    'train', 'vae', '--data', 'images', '--batch-size', '6', '--micro-batches', '4', '--epochs', '100000', '--quiet',
    '--out', out,
  ]

  test('train --nats, workers that come, one that is killed, and status: the digest of one machine', async () => {
    const running = spawn(process.execPath, [main(), ...args('swarm'), '--nats', server.url], { cwd: at.path, stdio: 'ignore' })
    const over = once(running, 'exit')
    const helper = (name: string) => spawn(process.execPath, [main(), 'work', '--nats', server.url, '--once', '--name', name], {
      cwd: at.path, stdio: ['ignore', 'ignore', 'pipe'],
    })
    const [killed, living] = [helper('killed'), helper('living')]
    const left = once(living, 'exit')
    let status: { step: number, workers: { worker: string, tasks: number }[] } | undefined
    const tasks = (name: string): number => status?.workers.find(({ worker }) => worker === name)?.tasks ?? 0
    while (!tasks('killed') || !tasks('living')) {
      const { stdout } = await ganglion(['swarm', 'status', '--nats', server.url, '--json'])
      status = stdout ? JSON.parse(stdout) as typeof status : status
      await new Promise((done) => { setTimeout(done, 200) })
    }
    const { stdout } = await ganglion(['swarm', 'status', '--nats', server.url])
    expect(stdout).toMatch(/^vae {2}vae on .*, step \d+ of 400000 after \d+ s\n {2}(killed|living) +\d+ tasks, /)
    const { step } = status!
    killed.kill('SIGKILL')
    // On, when its task is another's.
    const stands = async (): Promise<number> => (
      JSON.parse((await ganglion(['swarm', 'status', '--nats', server.url, '--json'])).stdout) as typeof status)!.step
    await expect.poll(stands, { timeout: 120_000 }).toBeGreaterThan(step + 2)
    running.kill('SIGINT')
    expect(await over).toEqual([130, null])
    expect(await left).toEqual([0, null])
    const { model } = await loadRun(at.in('swarm'), { runtime, state: true })
    const { step: steps } = countersOf(model.session)
    const images = await loadDataset(at.in('images'))
    const one = await Model.create(runtime, model.definition, { seed: 1 })
    for await (const _ of one.train(images, { batchSize: 6, accumulate: 4, epochs: steps, steps }));
    expect(read('swarm', 'digest.txt').trim()).toBe(await one.digest())
    expect(countersOf(one.session).step).toBe(steps)
    expect((await ganglion(['swarm', 'status', '--nats', server.url])).stdout).toBe(`no run at ${server.url}\n`)
  }, 240_000)

  test('audit: the tasks of a run hold; one that was recorded otherwise does not, and who did it is named', async () => {
    const settings = ['--epochs', '6', '--data', at.in('images'), '--augment', 'flip', '--keep-states', '3']
    const running = ganglion([...args(at.in('audited')), ...settings, '--run', 'audited', '--nats', server.url])
    const work = ['work', '--nats', server.url, '--run', 'audited', '--once', '--quiet', '--name']
    const [first, second] = [ganglion([...work, 'first']), ganglion([...work, 'second'])]
    expect(await running).toMatchObject({ code: 0 })
    await Promise.all([first, second])
    const audit = (...more: string[]) => ganglion(['audit', at.in('audited'), ...more])
    const { code, stdout, stderr } = await audit()
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^24 of 24 steps were done again\n( {2}(first|second) +\d+ tasks\n)+all tasks hold\n$/)
    expect(code).toBe(0)
    const part = JSON.parse((await audit('--share', '0.25', '--json')).stdout) as { steps: number, workers: object[] }
    expect(part).toMatchObject({ steps: 6, of: 24, unjudged: 0, otherStates: [] })

    // Another digest in the eighth step's line: the stretch from the state after step 6 ends there.
    const path = at.in('audited', 'tasks.jsonl')
    const text = readFileSync(path, 'utf8')
    const line = text.split('\n').find((each) => each.startsWith('{"step":8,'))!
    const record = JSON.parse(line) as { by: string[], sha256: string[] }
    record.sha256[2] = record.sha256[1]!
    writeFileSync(path, text.replace(line, JSON.stringify(record)))
    const found = await audit('--json')
    expect(found.code).toBe(1)
    expect(JSON.parse(found.stdout)).toMatchObject({ steps: 20, of: 24, unjudged: 4 })
    expect((await audit()).stdout).toMatch(`${record.by[2]!.padEnd(6)}`)
    expect((await audit()).stdout).toMatch(/1 did not hold; the first: step 8, stage 0, micro-batch 2\n.*4 steps cannot be judged: /s)
  }, 240_000)

  test.each(['cvae', 'acgan', 'cgan'])('%s: labels are sent to who has no data, to the digest of one machine', async (model) => {
    for (const [label, name] of ['one', 'two'].entries()) {
      mkdirSync(at.in('photos', name), { recursive: true })
      for (let i = 0; i < 12; i++) {
        const pixels = Uint8Array.from({ length: 64 }, (_, j) => 60 + 120 * label + (7 * i * j) % 60)
        writeFileSync(at.in('photos', name, `${i}.png`), encodePng({ width: 8, height: 8, channels: 1, pixels }))
      }
    }
    const train = (out: string, ...more: string[]) => ganglion([
      'train', model, '--data', at.in('photos'), '--filters', '2', '--latent', '3', '--batch-size', '3', '--micro-batches', '2',
      '--epochs', '3', '--quiet', '--out', at.in(out), ...more,
    ])
    expect(await train(`${model}-alone`)).toMatchObject({ code: 0, stderr: '' })
    const work = ganglion(['work', '--nats', server.url, '--run', model, '--once', '--quiet', '--name', 'far'])
    expect(await train(`${model}-far`, '--nats', server.url)).toMatchObject({ code: 0, stderr: '' })
    expect(await work).toMatchObject({ code: 0, stderr: '' })
    expect(read(`${model}-far`, 'digest.txt')).toBe(read(`${model}-alone`, 'digest.txt'))
  }, 60_000)

  test('sweep --nats: workers share its runs, and the table is that of one machine', async () => {
    const grid = { 'learning-rate': [1e-3, 2e-3], latent: [2, 3] }
    const train = { data: at.in('images'), 'batch-size': 24, hidden: 8, epochs: 120 }
    writeFileSync(at.in('sweep.json'), JSON.stringify({ model: 'vae', train, grid }))
    const swept = (out: string, ...more: string[]) => spawned(['sweep', 'sweep.json', '--out', out, '--quiet', ...more], at.path)
    expect(await swept('swept')).toMatchObject({ code: 0, stderr: '' })
    const workers = ['one', 'two'].map((name) => {
      const args = [main(), 'work', '--nats', server.url, '--quiet', '--name', name]
      const child = spawn(process.execPath, args, { stdio: 'inherit' })
      return { child, ended: once(child, 'exit') }
    })
    expect(await swept('shared', '--nats', server.url, '--jobs', '2')).toMatchObject({ code: 0, stderr: '' })
    expect(read('shared', 'table.csv')).toBe(read('swept', 'table.csv'))
    const by = new Set<string>()
    for (const run of ['0001', '0002', '0003', '0004']) {
      expect(read('shared', run, 'digest.txt')).toBe(read('swept', run, 'digest.txt'))
      const lines = read('shared', run, 'tasks.jsonl').trim().split('\n')
      for (const name of lines.flatMap((line) => (JSON.parse(line) as { by?: string[] }).by ?? [])) if (name) by.add(name)
    }
    expect([...by].sort()).toEqual(['one', 'two'])
    for (const { child } of workers) child.kill('SIGINT')
    for (const { ended } of workers) expect(await ended).toEqual([130, null])
  }, 240_000)

  /** A coordinator at the server, and what it takes to end it. */
  async function opened(run: string, audit: number) {
    const define = KINDS['dcgan']!
    const work = createWork(await modelOf(define), data, RECIPE)
    const faults: [string, string][] = []
    const fresh = await work.model.digest()
    const coordinator = new Coordinator(work, { run, recipe: {}, ganglion: 'test', fresh }, {
      leaseMs: 2000, audit, chance: () => 0.5, digests: true, pollMs: 500, onFault: (...fault) => faults.push(fault),
    })
    const nats = await Nats.connect(server.url)
    const hold = await nats.hold(run, run, () => ({}), (error) => coordinator.abort(error))
    nats.serve(run, coordinator.handle)
    const honest = async (name: string) => {
      const own = await Nats.connect(server.url)
      await serve(own.channel(run), {
        name, ganglion: 'test', retryMs: 50, make: async () => createWork(await modelOf(define), data, RECIPE),
      })
      await own.close()
    }
    return {
      work, coordinator, faults, honest, define, fresh,
      trained: async () => {
        const made = await trainedBy(work.model, trainTogether(work, coordinator, { epochs: EPOCHS }))
        coordinator.close()
        await coordinator.left(5000)
        return made
      },
      close: async () => {
        await hold.release()
        await nats.close()
      },
    }
  }

  it('the server is killed and started again: the same digest', async () => {
    const { trained, honest, define, close, work } = await opened('restarted', 0)
    const workers = ['a', 'b'].map(honest)
    const training = trained()
    while (work.model.session.counters('train')[0]! < 2) await new Promise((done) => { setTimeout(done, 5) })
    await server.kill()
    await server.start()
    expect((await training).digest).toBe((await alone(define)).digest)
    await Promise.all(workers)
    await close()
  }, 120_000)

  it('a worker that lies is named', async () => {
    const { trained, honest, define, close, faults, fresh, work } = await opened('lied', 1)
    const training = trained()
    const own = await Nats.connect(server.url)
    const channel = own.channel('lied')
    const ask = async (header: object, values?: ArrayBufferView) => (
      decodeMessage(await channel.request(encodeMessage({ worker: 'liar', run: 'lied', ...header }, values))).header)
    const { task, version } = await ask({ do: 'next', fresh, from: 0 }) as unknown as { task: Task, version: number }
    const values = work.runTask(task)
    values[0]! += 1
    const hash = await sha256([new Uint8Array(values.buffer)])
    await ask({ do: 'result', version, microBatch: task.microBatch, part: 0, sha256: hash }, values)
    const workers = ['a', 'b'].map(honest)
    expect((await training).digest).toBe((await alone(define)).digest)
    expect(faults).toEqual([['liar', 'its gradient is not what the task gives']])
    await Promise.all(workers)
    await own.close()
    await close()
  }, 120_000)

  it('a run that another coordinator holds is refused', async () => {
    const { close } = await opened('held', 0)
    const { code, stderr } = await spawned([...args('second'), '--nats', server.url, '--run', 'held'], at.path)
    expect(stderr).toBe(`ganglion: the run "held" is held by another coordinator at ${server.url}; ` +
      'wait until it ends (it is free 15 s after it died), or choose another name with --run\n')
    expect(code).toBe(1)
    await close()
  })

  const started = new Set<ChildProcess>()
  afterEach(() => {
    for (const child of started) child.kill('SIGKILL')
    started.clear()
  })
  /** Another coordinator of a run. */
  const standby = (out: string, ...more: string[]) => {
    const all = [main(), 'train', 'vae', '--data', 'images', '--hidden', '8', '--batch-size', '6', '--micro-batches', '4',
      '--save-every', '0.1', '--nats', server.url, '--standby', '--out', out, ...more]
    const child = spawn(process.execPath, all, { cwd: at.path, stdio: ['ignore', 'ignore', 'pipe'] })
    started.add(child)
    const said = { text: '' }
    child.stderr.setEncoding('utf8').on('data', (text: string) => { said.text += text })
    return { child, said, ended: once(child, 'close') }
  }
  const helps = (run: string, name: string): void => {
    const args = [main(), 'work', '--nats', server.url, '--run', run, '--quiet', '--name', name]
    started.add(spawn(process.execPath, args, { stdio: 'ignore' }))
  }
  const stepOf = async (run: string): Promise<number> => {
    const { stdout } = await ganglion(['swarm', 'status', '--nats', server.url, '--json'])
    const found = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as { run: string, step: number })
    return found.find((each) => each.run === run)?.step ?? -1
  }

  test('train --standby: the first coordinator is killed, the second goes on, a third sees the end; one digest', async () => {
    const epochs = ['--epochs', '150', '--run', 'elected']
    expect(await ganglion([
      'train', 'vae', '--data', at.in('images'), '--hidden', '8', '--batch-size', '6', '--micro-batches', '4', '--epochs', '150',
      '--quiet', '--out', at.in('unelected'),
    ])).toMatchObject({ code: 0 })
    const first = standby('first', ...epochs)
    helps('elected', 'steady')
    await expect.poll(() => stepOf('elected'), { timeout: 60_000 }).toBeGreaterThan(20)
    const [second, third] = [standby('second', ...epochs), standby('third', ...epochs)]
    for (const { said } of [second, third]) await expect.poll(() => said.text, { timeout: 60_000 }).toMatch('this one waits')
    // What does not fit the run is refused while it waits.
    const other = standby('other', ...epochs, '--seed', '2')
    expect(await other.ended).toEqual([2, null])
    expect(other.said.text).toMatch('--seed 2 is not that of the run "other", which has 1; leave it out, or train anew')
    first.child.kill('SIGKILL')
    const [next, last] = await Promise.race([
      second.ended.then(() => [second, third] as const), third.ended.then(() => [third, second] as const)])
    expect(await next.ended).toEqual([0, null])
    expect(await last.ended).toEqual([0, null])
    const trained = [second, third].filter(({ said }) => said.text.includes('takes over the run "elected"'))
    expect(trained.length).toBeGreaterThan(0)
    const kept = ['second', 'third'].filter((name) => existsSync(at.in(name)))
    expect(kept).toHaveLength(1)
    expect(read(kept[0]!, 'digest.txt')).toBe(read('unelected', 'digest.txt'))
    // Every epoch, and every task, whoever coordinated.
    const lines = read(kept[0]!, 'metrics.jsonl').trim().split('\n').map((line) => JSON.parse(line) as { epoch: number })
    expect([...new Set(lines.map(({ epoch }) => epoch))]).toEqual(Array.from({ length: 150 }, (_, i) => i + 1))
    expect((await ganglion(['audit', at.in(kept[0]!)])).stdout).toMatch(/^600 of 600 steps were done again\n.*all tasks hold\n$/s)
  }, 600_000)

  test('a standby that is stopped leaves nothing; one whose run is given back goes on with it', async () => {
    const first = standby('given', '--epochs', '100000', '--run', 'given')
    helps('given', 'steady')
    await expect.poll(() => stepOf('given'), { timeout: 60_000 }).toBeGreaterThan(2)
    const [stopped, second] = [standby('stopped', '--run', 'given'), standby('taken', '--run', 'given')]
    for (const { said } of [stopped, second]) await expect.poll(() => said.text, { timeout: 60_000 }).toMatch('this one waits')
    stopped.child.kill('SIGINT')
    expect(await stopped.ended).toEqual([130, null])
    expect(existsSync(at.in('stopped'))).toBe(false)
    first.child.kill('SIGINT')
    expect(await first.ended).toEqual([130, null])
    const at0 = Number(/stopped at step (\d+)/.exec(first.said.text)![1])
    await expect.poll(() => stepOf('given'), { timeout: 60_000 }).toBeGreaterThan(at0)
    second.child.kill('SIGINT')
    expect(await second.ended).toEqual([130, null])
  }, 240_000)

  test('what a run goes on from is kept whole, by one coordinator at a time', async () => {
    const nats = await Nats.connect(server.url)
    const bucket = await nats.kept()
    const [one, two] = [new KeptRun(bucket, 'kept', 'one'), new KeptRun(bucket, 'kept', 'two')]
    const files = (n: number) => new Map(
      [['a', new Uint8Array(2_000_000).fill(n)], ['b', new Uint8Array()], ['c', Uint8Array.of(n)]])
    const kept = async () => {
      const found = await keptFiles(bucket, 'kept')
      return typeof found === 'string' ? found : [...found].map(([name, bytes]) => [name, bytes.length, bytes.at(-1)])
    }
    const is = (n: number) => [['a', 2_000_000, n], ['b', 0, undefined], ['c', 1, n]]
    expect(await kept()).toBe('none')
    for (let n = 1; n <= 3; n++) {
      await one.keep(files(n))
      expect(await kept()).toEqual(is(n))
    }
    await two.keep(files(4))
    await expect(one.keep(files(5))).rejects.toThrow('another coordinator keeps the run "kept"')
    expect(await kept()).toEqual(is(4))
    // Of what the first kept nothing is left.
    expect((await bucket.get('kept.one.0.0'))!.length).toBe(0)
    const place = (await bucket.get('kept'))!.json<{ slot: number }>()
    await bucket.put(`kept.two.${place.slot}.1`, Uint8Array.of(1, 2, 3))
    await expect(kept()).rejects.toThrow(/is not whole; go on from its folder, with --resume/)
    await two.over()
    expect(await kept()).toBe('over')
    for (const part of ['0.0', '0.2', '1.0', '1.2']) expect((await bucket.get(`kept.two.${part}`))?.length ?? 0).toBe(0)
    await nats.close()
  })

  test('a run whose holder is on another machine is free once nobody refreshes its key', async () => {
    const nats = await Nats.connect(server.url)
    const away = await connect({ servers: server.url })
    const kv = await new Kvm(away).open('ganglion')
    await kv.put('away', JSON.stringify({ run: 'away', owner: 'x', holder: { machine: 'another', pid: 1, start: 1 } }))
    expect(await nats.isHeld('away')).toBe(true)
    await expect(nats.hold('away', 'me', () => ({}), () => {})).rejects.toThrow(RunHeld)
    await expect.poll(() => nats.isHeld('away'), { timeout: 60_000, interval: 500 }).toBe(false)
    // Who lost it to another does not give that one's back.
    const losses: string[] = []
    const hold = await nats.hold('away', 'me', () => ({}), () => losses.push('first'))
    hold.pass(() => ({}), () => losses.push('second'))
    await kv.put('away', JSON.stringify({ run: 'away', owner: 'x' }))
    await expect.poll(() => losses, { timeout: 30_000 }).toEqual(['second'])
    await hold.release()
    expect((await kv.get('away'))!.json()).toMatchObject({ owner: 'x' })
    await away.close()
    await nats.close()
  }, 90_000)

  it('a server that is not there, refuses the login, or has no JetStream: one sentence', async () => {
    const said = async (url: string) => (await ganglion(['swarm', 'status', '--nats', url])).stderr
    const gone = `nats://127.0.0.1:${await freePort()}`
    expect(await said(gone)).toMatch(`ganglion: no nats-server answers at ${gone} (`)
    const [closed, plain] = [new NatsServer(), new NatsServer()]
    await closed.start('-js', '-sd', closed.folder, '--user', 'me', '--pass', 'secret')
    await plain.start('--name', 'plain')
    try {
      const wrong = `nats://me:wrong@127.0.0.1:${closed.port}`
      for (const url of [closed.url, wrong]) {
        expect(await said(url)).toBe(`ganglion: the nats-server at ${closed.url} refused the login; ` +
          'give one in the address: nats://USER:PASSWORD@HOST:PORT or nats://TOKEN@HOST:PORT\n')
      }
      expect(await said(`nats://me:secret@127.0.0.1:${closed.port}`)).toBe('')
      expect(await said(plain.url)).toMatch(/has no JetStream for the bucket "ganglion" \(.*\); start it with nats-server -js/)
    } finally {
      await closed.end()
      await plain.end()
    }
  })
})

test('wrong usage', async () => {
  const said = async (...args: string[]) => (await ganglion(args)).stderr
  expect(await said('swarm', 'status')).toMatch('swarm expected --nats URL, the address of a nats-server')
  expect(await said('swarm', 'start', '--nats', 'nats://a')).toMatch('swarm expected status or init, got start')
  expect(await said('work')).toMatch('work expected --nats URL, the address of a nats-server')
  expect(await said('work', 'vae')).toMatch('work takes options only, got "vae"')
  expect(await said('work', '--nats', 'http://a')).toMatch(
    '--nats expected the address of a nats-server, such as nats://127.0.0.1:4222, got "http://a"')
  expect(await said('work', '--nats', 'nats://a', '--run', 'a b')).toMatch('--run expected 1 to 60 letters, digits, - and _')
})
