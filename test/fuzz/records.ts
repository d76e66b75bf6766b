// What a run folder has beside weights, what is read of a file in parts, and what comes by a nats-server.
import { join } from 'node:path'
import fc from 'fast-check'
import { bestEpochOf } from '../../src/cli/best_epoch.ts'
import { linesUpTo } from '../../src/cli/resume.ts'
import { parseSweep } from '../../src/cli/sweep/file.ts'
import { Follower } from '../../src/cli/watch/follow.ts'
import { GanglionError } from '../../src/errors.ts'
import { encodeNpy } from '../../src/formats/npy.ts'
import { writeIdx } from '../../src/formats/idx.ts'
import { vae } from '../../src/models/vae.ts'
import { viewOf } from '../../src/node/commit.ts'
import { openRows } from '../../src/node/open_dataset.ts'
import { encodePictureSet } from '../../src/pictures/set.ts'
import { createRuntime } from '../../src/runtime/create_runtime.ts'
import { decodeMessage, encodeMessage, requestOf } from '../../src/swarm/protocol.ts'
import { recipeOf } from '../../src/swarm/recipe.ts'
import { TaskRecords } from '../../src/swarm/record.ts'
import { Model } from '../../src/train/model.ts'
import { inFolder } from './folder.ts'
import { damaged, damagedJson } from './mutate.ts'
import type { Target } from './targets.ts'

const ramp = (length: number) => Uint8Array.from({ length }, (_, i) => (i * 37) % 256)
/** JSON lines, some of them damaged, or text that is none. */
const lines = (...shapes: readonly object[]): fc.Arbitrary<string> => fc.oneof(
  fc.array(fc.constantFrom(...shapes).chain((shape) => damagedJson(shape as never)).map((json) => JSON.stringify(json)),
    { maxLength: 4 }).map((some) => [...shapes.map((shape) => JSON.stringify(shape)), ...some].join('\n')),
  damaged(Buffer.from(shapes.map((shape) => `${JSON.stringify(shape)}\n`).join('')))
    .map((bytes) => new TextDecoder().decode(bytes)),
)

const epoch = (n: number) => ({
  epoch: n, from: 3 * (n - 1), step: 3 * n, metrics: { loss: 1 / n }, test: { loss: 2 / n }, seconds: 1, samplesPerSecond: 9,
  complete: true,
})
const model = await Model.create(await createRuntime(), vae({ hidden: 2, latent: 1, imageShape: [2, 2, 1] }))
const figures: Target<string> = {
  name: 'figures', runs: 1500, inputs: lines(epoch(1), epoch(2), { ...epoch(3), complete: undefined, test: undefined }),
  run: (text) => inFolder({ 'metrics.jsonl': text }, async (folder) => {
    await new Follower(join(folder, 'metrics.jsonl')).next()
    const test = { name: 't', images: new Uint8Array(4), count: 1, shape: [2, 2, 1] as const }
    bestEpochOf(model, test, { keepBest: true, earlyStopping: 1 }, await linesUpTo(6, folder))
  }),
}

const tasks: Target<string> = {
  name: 'tasks', runs: 2000,
  inputs: lines({ step: 1, stage: 0, by: ['a', 'b'], sha256: ['00', '11'] }, { step: 1, state: 'ff' }),
  run(text) {
    const records = TaskRecords.of(text, 'tasks.jsonl')
    for (const step of records.statesUpTo(1e9)) if (typeof records.state(step) !== 'string') throw new Error('no state')
  },
}

const journal: Target<string> = {
  name: 'journal', runs: 1500,
  inputs: lines({ id: '1.2', files: ['digest.txt', 'samples/epoch-0001.png'], removed: ['checksums.txt'] }),
  run: (text) => inFolder({ '.commit': text, 'digest.txt': 'a' }, async (folder) => (await viewOf(folder)).read('digest.txt')),
}

const sweep: Target<string> = {
  name: 'sweep', runs: 2500,
  inputs: damagedJson({
    model: 'vae', train: { epochs: 2, data: 'x' }, grid: { latent: [2, 3], hidden: [4] }, seeds: [1, 2], metric: 'test.loss',
    random: { runs: 3, seed: 1, options: { beta: { from: 0.1, to: 2, log: true }, noise: ['a', 'b'] } },
    halving: { epochs: [1, 2], keep: 0.5 },
  }).map((json) => JSON.stringify(json)),
  run: (text) => void parseSweep(text, 'sweep.json'),
}

const recipe = {
  kind: 'vae', options: { hidden: 4 }, imageShape: [2, 2, 1], seed: 1, precision: 'deterministic', gradients: 'f32', batchSize: 2,
  microBatches: 2, data: {
    load: {}, count: 8, arrays: [{ name: 'images', type: 'Uint8Array', shape: [2, 2, 1] }], shardRows: 4, sha256: '00',
  },
}
const requests = [
  { do: 'join', worker: 'a', ganglion: '1' }, { do: 'next', worker: 'a', run: 'r', fresh: '0', from: 0 },
  { do: 'weights', worker: 'a', run: 'r', from: 0, to: 1, part: 0 }, { do: 'answer', recipe },
  { do: 'data', worker: 'a', run: 'r', shards: [0, 1], part: 0 },
  { do: 'result', worker: 'a', run: 'r', version: 1, microBatch: 0, part: 0, sha256: '0' },
]
const messages: Target<Uint8Array> = {
  name: 'messages', runs: 4000,
  inputs: fc.oneof(
    damaged(...requests.map((request) => encodeMessage(request, ramp(8)))),
    fc.constantFrom(...requests).chain((request) => damagedJson(request as never)).map((json) => encodeMessage(json as object)),
  ),
  run(bytes) {
    const message = decodeMessage(bytes)
    if ('recipe' in message.header) recipeOf(message.header['recipe'])
    else requestOf(message)
  },
}

const set = await encodePictureSet({
  name: 'f', images: ramp(24), count: 2, shape: [2, 2, 3], labels: Uint8Array.of(1, 0), classNames: ['a', 'b'],
})
const opened: Target<Uint8Array> = {
  name: 'opened', runs: 1500,
  inputs: damaged(set, encodeNpy({ shape: [3, 2, 2], data: ramp(12) }), writeIdx([3, 2, 2], ramp(12))),
  run: (bytes) => inFolder({ file: bytes }, async (folder) => {
    const rows = await openRows(join(folder, 'file'), {})
    if (!rows) return
    const { count, shape: [height, width, channels], source: { rowBytes, floats } } = rows
    if (rowBytes !== height * width * channels * (floats ? 4 : 1) || count * rowBytes > bytes.length) {
      throw new Error('let pass, though its images are not in it')
    }
  }),
  refusals: [GanglionError],
}

export const records = [figures, tasks, journal, sweep, messages, opened] as const
