// In an edge worker: one request, one answer. It imports the package by name; the worker's bundler finds the entry that takes
// the core as a module.
import * as ganglion from 'ganglion'
import { verify } from 'ganglion/verify'
import { ask } from './ask.js'
import { modules } from './standalone/modules.js'

export default {
  async fetch(request) {
    return Response.json(await ask({ ...ganglion, verify, modules: () => modules }, await request.json()))
  },
}
