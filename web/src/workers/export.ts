// Writes a trained model in a format of other tools. A worker of its own: Binaryen would hold up the page for seconds.
import { createRuntime, Model, type State } from 'ganglion'
import { exportModel, type FormatName } from 'ganglion/export'
import { definitionOf } from './kinds.ts'

export interface Wanted {
  readonly kind: string
  readonly options: object
  readonly seed: number
  readonly state: State
  readonly format: FormatName
}
export type Written = { readonly files: ReadonlyMap<string, Uint8Array> } | { readonly error: string }

async function written({ kind, options, seed, state, format }: Wanted): Promise<Written> {
  try {
    const model = await Model.create(await createRuntime(), definitionOf(kind, options), { seed })
    model.loadState(state)
    return { files: await exportModel(model, format) as ReadonlyMap<string, Uint8Array> }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

onmessage = ({ data }: MessageEvent<Wanted>) => void written(data).then((result) => postMessage(result))
