// A page that works for a run until it is over: swarm.html?url=ws://…. It pauses once and goes on.
import { join } from './node_modules/ganglion/dist/swarm/index.js'

const url = new URLSearchParams(location.search).get('url')

/** Joins as soon as there is a run. */
async function joined() {
  for (;;) {
    try {
      return await join({ url, token: 'lent', consent: true, throttle: 0.9, onChange })
    } catch (error) {
      if (!/there is no run to work for/.test(error.message)) throw error
      await new Promise((done) => { setTimeout(done, 100) })
    }
  }
}

const states = new Set()
function onChange(helper) {
  states.add(helper.state)
  if (helper.tasks !== 2 || helper.state !== 'working') return
  helper.pause()
  setTimeout(() => { helper.resume() }, 300)
}

async function lend() {
  const refused = await join({ url, token: 'wrong', consent: true }).catch((error) => error.message)
  const unasked = await join({ url, token: 'lent' }).catch((error) => error.message)
  const helper = await joined()
  await helper.ended
  return { refused, unasked, tasks: helper.tasks, states: [...states].sort(), name: helper.name, run: helper.run }
}

const answer = await lend().catch((error) => ({ error: `${error.name}: ${error.message}` }))
await fetch('answer', { method: 'POST', body: JSON.stringify(answer) })
