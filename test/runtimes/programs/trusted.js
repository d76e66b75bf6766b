// A trainer's worker under Trusted Types, which may start threads: the file that docs/how-to/worker.md shows.
import './node_modules/ganglion/dist/worker/trainer.js'

trustedTypes.createPolicy('default', { createScriptURL: (url) => url })
