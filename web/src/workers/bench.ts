// Measures this browser and says what is being measured.
import { bench, type BenchReport } from 'ganglion/bench'

export type Said = { readonly what: string } | { readonly report: BenchReport } | { readonly error: string }

const say = (said: Said) => postMessage(said)

onmessage = ({ data: quick }: MessageEvent<boolean>) => void bench({
  quick, threads: 'auto', onProgress: (what) => say({ what }),
})
  .then((report) => say({ report }), (error: Error) => say({ error: error.message }))
