// What the browser loads first: it draws the page, and trains as soon as the page is isolated, or cannot be.
import { render } from 'preact'
import { App } from './app.tsx'
import { takeDrops } from './parts/drop.ts'
import { begin } from './state/current.ts'
import { dataOf } from './state/data.ts'
import { isolate, keepFiles } from './state/isolate.ts'
import { settings } from './state/settings.ts'
import './style/base.css'
import './style/parts.css'
import './style/views.css'
import './style/inside.css'
import './style/model.css'

/** Milliseconds, for training to have begun. */
const KEEP_AFTER = 4000

// Asked for before anything else; what fails is said by the run.
dataOf(settings.peek().data).catch(() => undefined)
takeDrops()
render(<App />, document.getElementById('app')!)
void isolate().then(() => {
  begin()
  setTimeout(keepFiles, KEEP_AFTER)
})
