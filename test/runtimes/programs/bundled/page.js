// The program in a page whose bundler finds the package by name: in the page's own thread, then in a Web Worker of it.
import * as ganglion from 'ganglion'
import { tryOut } from '../program.js'

function inWorker() {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  return new Promise((done, failed) => {
    worker.onmessage = ({ data }) => (data.error ? failed(new Error(data.error)) : done(data))
    worker.onerror = ({ message }) => failed(new Error(`the worker failed: ${message}`))
  })
}

const both = async () => ({ page: await tryOut(ganglion), worker: await inWorker() })
globalThis.result = await both().catch((error) => ({ error: String(error.stack ?? error) }))
