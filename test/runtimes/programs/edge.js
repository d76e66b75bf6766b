// The program in an edge worker: one request, one answer. It imports the package by name; the worker's bundler finds the entry
// that takes the core as a module.
import * as ganglion from 'ganglion'
import { speed, tryOut } from './program.js'

export default {
  async fetch(request) {
    const { what, seconds } = Object.fromEntries(new URL(request.url).searchParams)
    return Response.json(what === 'speed' ? await speed(ganglion, Number(seconds)) : await tryOut(ganglion))
  },
}
