// What the browser loads first: it draws the page, and trains as soon as the page is isolated, or cannot be.
import { render } from 'preact'
import { App } from './app.tsx'
import { begin } from './state/current.ts'
import { isolate, keepFiles } from './state/isolate.ts'
import './style/base.css'
import './style/parts.css'
import './style/views.css'
import './style/inside.css'
import './style/model.css'

/** Milliseconds, for training to have begun. */
const KEEP_AFTER = 4000

render(<App />, document.getElementById('app')!)
void isolate().then(() => {
  begin()
  setTimeout(keepFiles, KEEP_AFTER)
})
