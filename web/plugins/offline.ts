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
      const textOf = (file: (typeof bundle)[string]) => (file.type === 'chunk' ? file.code : file.source)
      const kept = Object.values(bundle).filter((file) => textOf(file).length < LARGEST && !file.fileName.endsWith('.map'))
        .sort((a, b) => (a.fileName < b.fileName ? -1 : 1))
      const all = ['./', 'icon.svg', 'data/mnist-images.idx.gz', 'data/mnist-labels.idx.gz',
        ...kept.map(({ fileName }) => fileName)]
      // Of what is in them too: the guide's pages have no hash in their names.
      const hash = createHash('sha256').update(JSON.stringify(all))
      for (const file of kept) hash.update(textOf(file))
      const version = hash.digest('hex').slice(0, 16)
      const path = join(dir!, 'sw.js')
      const text = readFileSync(path, 'utf8')
      writeFileSync(path, text.replace("'VERSION'", JSON.stringify(version)).replace("['FILES']", JSON.stringify(all)))
    },
  }
}
