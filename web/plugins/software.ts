// What a run folder says of the software that trained: `import software from 'virtual:software'`.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

export interface Software {
  readonly ganglion: string
  /** The cores for one thread, and for several, by their hashes. */
  readonly core: string
  readonly threads: string
}

const ID = 'virtual:software'
const require = createRequire(import.meta.url)

function made(): Software {
  const read = (file: string) => readFileSync(require.resolve(`ganglion/${file}`))
  const hash = (file: string) => `sha256:${createHash('sha256').update(read(file)).digest('hex')}`
  const { version } = JSON.parse(String(read('package.json'))) as { version: string }
  return { ganglion: version, core: hash('ganglion.wasm'), threads: hash('ganglion-threads.wasm') }
}

export const software = (): Plugin => ({
  name: 'software',
  resolveId: (id) => (id === ID ? `\0${ID}` : null),
  load: (id) => (id === `\0${ID}` ? `export default ${JSON.stringify(made())}` : null),
})
