// Exported modules for the tests: one of each model, and what they must draw.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportModel } from '../../../src/export/index.ts'
import { modelNames, models } from '../../../src/models/kinds.ts'
import { createRuntime } from '../../../src/runtime/create_runtime.ts'
import { Model } from '../../../src/train/model.ts'

/** What programs/standalone.js draws. */
export const COUNT = 70
export const SEED = 7 + 2 ** 32

export const hashOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  createHash('sha256').update(new Uint8Array(buffer, byteOffset, byteLength)).digest('hex')

/** A narrow model of each kind. */
export async function narrowModels(): Promise<Model[]> {
  const runtime = await createRuntime()
  return Promise.all(modelNames.map((kind) => Model.create(runtime, models[kind](models[kind].verify.options), { seed: 3 })))
}

/** Writes modules into a folder; the hashes of what they draw (drawn.json), and for workers a module that imports all. */
export async function writeStandalone(folder: string): Promise<void> {
  mkdirSync(folder)
  const drawn: Record<string, string> = {}
  for (const model of await narrowModels()) {
    const name = `${model.definition.kind}.wasm`
    const [bytes] = (await exportModel(model, 'wasm')).values()
    writeFileSync(join(folder, name), bytes!)
    drawn[name] = hashOf(model.sample(COUNT, { seed: SEED }))
  }
  const names = Object.keys(drawn)
  writeFileSync(join(folder, 'drawn.json'), JSON.stringify(drawn))
  writeFileSync(join(folder, 'modules.js'), names.map((name, i) => `import m${i} from './${name}'\n`).join('') +
    `export const modules = { ${names.map((name, i) => `'${name}': m${i}`).join(', ')} }\n`)
}
