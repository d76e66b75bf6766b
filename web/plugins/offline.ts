// Tells the service worker which files there are, so that the page works offline after its first visit. Binaryen is left out,
// twelve megabytes that only an export needs: it is kept when it was loaded once.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** A file that is larger is fetched when it is asked for. */
const LARGEST = 3_000_000

export function offline(): Plugin {
  return {
    name: 'offline',
    apply: 'build',
    writeBundle({ dir }, bundle) {
      const size = (file: (typeof bundle)[string]) => (file.type === 'chunk' ? file.code : file.source).length
      const files = Object.values(bundle).filter((file) => size(file) < LARGEST && !file.fileName.endsWith('.map'))
        .map(({ fileName }) => fileName).sort()
      const all = ['./', 'icon.svg', 'data/mnist-images.idx.gz', 'data/mnist-labels.idx.gz', ...files]
      const version = createHash('sha256').update(JSON.stringify(all)).digest('hex').slice(0, 16)
      const path = join(dir!, 'sw.js')
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, text.replace("'VERSION'", JSON.stringify(version)).replace("['FILES']", JSON.stringify(all)))
    },
  }
}
