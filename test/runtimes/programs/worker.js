// In a Web Worker.
import { answer } from './answer.js'

globalThis.onmessage = async ({ data }) => globalThis.postMessage(await answer(data))
