// Under Trusted Types, a worker that trains on two threads, whose file's address a policy made.
import * as ganglion from './node_modules/ganglion/dist/index.js'
import { trained } from './program.js'

const thread = new URL('node_modules/ganglion/dist/runtime/thread.js', location.href).href
const policy = trustedTypes.createPolicy('own', { createScriptURL: (url) => url })

async function train() {
  const refused = await ganglion.createRuntime({ threads: 2 }).then(() => 'nothing', ({ name, message }) => `${name}: ${message}`)
  return { refused, ...await trained(ganglion, { threads: 2, worker: policy.createScriptURL(thread) }) }
}
postMessage(await train().catch((error) => ({ error: String(error.stack ?? error) })))
