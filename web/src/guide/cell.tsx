// A live cell of the guide: a small playground in a frame. Its address has the settings; it trains when its reader says so, and
// rests while nobody sees it.
import { signal } from '@preact/signals'
import { render } from 'preact'
import { Controls } from '../parts/controls.tsx'
import { Play } from '../parts/icons.tsx'
import { restart, run } from '../state/current.ts'
import { factsOf } from '../state/facts.ts'
import { settings, write } from '../state/settings.ts'
import { THEMES, theme } from '../state/theme.ts'
import { text } from '../text/index.ts'
import { Loss, Reconstructions, Samples } from '../views/train.tsx'
import { words } from './text.ts'
import '../style/base.css'
import '../style/parts.css'
import '../style/views.css'
import './cell.css'

function Cell() {
  const { model } = settings.value
  const { train, about, open, more } = words.value
  const now = run.value
  const error = now?.error.value
  return (
    <main id="main">
      <h1>{text.value.models[model] ?? factsOf(model).summary}</h1>
      {now ? <Controls /> : (
        <div class="begin">
          <button type="button" class="primary" onClick={restart}><Play />{train}</button>
          <p class="note">{about}</p>
        </div>
      )}
      {error && <p class="alert" role="alert">{text.value.failed(error)}</p>}
      {now && (
        <div class="pair">
          <Samples run={now} />
          <div class="stack">
            {factsOf(model).encodes && <Reconstructions run={now} />}
            <Loss run={now} />
          </div>
        </div>
      )}
      <p class="note"><a href={`./${write(settings.value)}`} target="_top">{open}</a> {more}</p>
    </main>
  )
}

/** Whether it rests because nobody sees it. */
const resting = signal(false)
function look(seen: boolean): void {
  const now = run.value
  if (seen && resting.value) now?.resume()
  else if (!seen && now?.status.value === 'running') now.pause()
  else return
  resting.value = !seen
}

// The page around it has the button for the theme.
addEventListener('storage', ({ key, newValue }) => {
  if (key === 'theme') theme.value = THEMES.find((each) => each === newValue) ?? 'auto'
})

const app = document.getElementById('app')!
render(<Cell />, app)
new IntersectionObserver((entries) => look(entries.at(-1)!.isIntersecting)).observe(app)
