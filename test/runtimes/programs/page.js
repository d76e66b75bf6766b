// The program in a page's own thread, or in a Web Worker of it: page.html?{"in":"worker",…}. The package is imported by path,
// as on a site that serves node_modules and has no bundler.
import { answer } from './answer.js'

const options = JSON.parse(decodeURIComponent(location.search.slice(1)) || '{}')

function inWorker() {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  return new Promise((done) => {
    worker.onmessage = ({ data }) => done(data)
    worker.onerror = ({ message }) => done({ error: `the worker failed: ${message}` })
    worker.postMessage(options)
  })
}

globalThis.result = await (options.in === 'worker' ? inWorker() : answer(options))
