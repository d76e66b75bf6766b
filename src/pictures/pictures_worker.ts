// A worker that decodes pictures and prepares them. A file of its own, because it is started by its address.
// Invariant: each order is answered, with a picture or with why there is none.
import { GanglionError } from '../errors.ts'
import { builtin } from '../host.ts'
import { decodePicture } from './decode.ts'
import { prepare, type PreparedPicture, type Target } from './prepare.ts'

export interface Order {
  readonly id: number
  readonly bytes: Uint8Array
  readonly name: string
  readonly target: Target
  readonly maxBytes: number
}
export type Answer =
  | { readonly ready: true }
  | { readonly id: number, readonly made: PreparedPicture }
  /** The file is at fault. */
  | { readonly id: number, readonly refused: string }
  | { readonly id: number, readonly failed: string }

interface Port {
  postMessage(answer: Answer, transfer?: Transferable[]): void
  onmessage: ((event: { readonly data: Order }) => void) | null
}

// eslint-disable-next-line ganglion/determinism -- a Web Worker's own port
const port = (builtin('worker_threads')?.parentPort ?? globalThis) as unknown as Port
port.onmessage = ({ data: { id, bytes, name, target, maxBytes } }) => {
  decodePicture(bytes, name, maxBytes).then((picture) => prepare(picture, target)).then(
    (made) => port.postMessage({ id, made }, [made.pixels.buffer as ArrayBuffer]),
    (error: Error) => port.postMessage(error instanceof GanglionError
      ? { id, refused: error.message } : { id, failed: error.message }),
  )
}
port.postMessage({ ready: true })
