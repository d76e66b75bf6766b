// Does tasks of a run of others, off the page. What only a page knows, its battery and whether it is seen, the page says.
import { type Helper, type HelperState, join, type JoinOptions } from 'ganglion/swarm'

type Where = Omit<JoinOptions, 'signal' | 'onChange'>
export type Asked = { readonly join: Where } | { readonly pause: boolean } | { readonly stop: true }
export interface Lent {
  readonly run: string
  readonly name: string
  readonly state: HelperState
  readonly tasks: number
}
export type Said = Lent | { readonly error: string }

const say = (said: Said) => postMessage(said)
const tell = ({ run, name, state, tasks }: Helper) => say({ run, name, state, tasks })

let helper: Helper | undefined
let pausing = false

async function lend(options: Where): Promise<void> {
  helper = await join({ ...options, pauseOnBattery: false, pauseWhenHidden: false, onChange: tell })
  if (pausing) helper.pause()
  tell(helper)
  await helper.ended
}

onmessage = ({ data }: MessageEvent<Asked>) => {
  if ('join' in data) void lend(data.join).catch((error: Error) => say({ error: error.message }))
  else if ('stop' in data) void helper?.stop()
  else {
    pausing = data.pause
    if (pausing) helper?.pause()
    else helper?.resume()
  }
}
