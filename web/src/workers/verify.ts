// Runs the package's recipes and says what each came to.
import { verify, type VerifyReport, type VerifyResult } from 'ganglion/verify'

export type Said = { readonly result: VerifyResult, readonly done: number, readonly of: number } |
  { readonly report: VerifyReport } | { readonly error: string }

const say = (said: Said) => postMessage(said)

onmessage = () => void verify({ threads: 'auto', onProgress: (result, done, of) => say({ result, done, of }) })
  .then((report) => say({ report }), (error: Error) => say({ error: error.message }))
