// The page of `ganglion watch`: runs on disk, live.
import { render } from 'preact'
import { App } from './app.tsx'
import { listen } from './runs.ts'
import '../style/base.css'
import '../style/parts.css'
import '../style/views.css'
import '../style/inside.css'
import './watch.css'

render(<App />, document.getElementById('app')!)
listen()
