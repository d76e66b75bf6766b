// The page: the header, the run that goes on whatever view is shown, and the view.
import { Controls } from './parts/controls.tsx'
import { Header } from './parts/header.tsx'
import { run } from './state/current.ts'
import { view } from './state/settings.ts'
import { text } from './text/index.ts'
import { Train } from './views/train.tsx'

export function App() {
  const error = run.value?.error.value
  return (
    <>
      <Header />
      <main id="main" tabIndex={-1}>
        <h1>{text.value.tagline}</h1>
        <Controls />
        {error && <p class="alert" role="alert">{text.value.failed(error)}</p>}
        {view.value === 'train' && <Train />}
      </main>
    </>
  )
}
