// A plugin of typedoc: a module is called what programs import, `ganglion/models`, where typedoc calls it by its file.
import { readFileSync } from 'node:fs'
import { Converter } from 'typedoc'

const { name, exports } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
/** Entries by their files below src, without suffix. */
const entries = new Map(Object.entries(exports).flatMap(([entry, { types }]) => (
  types ? [[types.replace(/^\.\/dist\/|(\/index)?\.d\.ts$/g, ''), name + entry.slice(1)]] : [])))

export function load({ converter }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const entry = entries.get(module.name.replace(/\/index$/, ''))
      if (!entry) throw new Error(`the module ${module.name} is no entry of package.json`)
      module.name = entry
    }
  })
}
