// Writes a trained model in a format of other tools. A worker of its own: Binaryen would hold up the page for seconds.
import * as ganglion from 'ganglion'
import { exportModel, type FormatName } from 'ganglion/export'

export interface Wanted {
  readonly kind: string
  readonly options: object
  readonly seed: number
  readonly state: ganglion.State
  readonly format: FormatName
}
export type Written = { readonly files: ReadonlyMap<string, Uint8Array> } | { readonly error: string }

async function written({ kind, options, seed, state, format }: Wanted): Promise<Written> {
  try {
    const define = ganglion[kind as 'vae']
    const model = await ganglion.Model.create(await ganglion.createRuntime(), define(options), { seed })
    model.loadState(state)
    return { files: await exportModel(model, format) as ReadonlyMap<string, Uint8Array> }
  } catch (error) {
    return { error: (error as Error).message }
  }
}

onmessage = ({ data }: MessageEvent<Wanted>) => void written(data).then((result) => postMessage(result))
