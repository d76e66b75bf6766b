// The page: the header, the run that goes on whatever view is shown, and the view.
import { Controls } from './parts/controls.tsx'
import { over } from './parts/drop.ts'
import { Header } from './parts/header.tsx'
import { run } from './state/current.ts'
import { type View, view } from './state/settings.ts'
import { text } from './text/index.ts'
import { later } from './views/later.tsx'
import { Train } from './views/train.tsx'

const VIEWS: Readonly<Record<View, () => preact.JSX.Element | null>> = {
  train: Train,
  data: later(() => import('./views/data.tsx')),
  inside: later(() => import('./views/inside.tsx')),
  model: later(() => import('./views/model.tsx')),
  runs: later(() => import('./views/runs.tsx')),
  take: later(() => import('./views/take.tsx')),
  verify: later(() => import('./views/verify.tsx')),
  bench: later(() => import('./views/bench.tsx')),
  lend: later(() => import('./views/lend.tsx')),
}

export function App() {
  const Shown = VIEWS[view.value]
  const error = run.value?.error.value
  const lacks = run.value?.lacks.value
  return (
    <>
      <Header />
      <main id="main" tabIndex={-1} class={over.value ? 'over' : ''}>
        <h1>{text.value.tagline}</h1>
        <Controls />
        {error && <p class="alert" role="alert">{text.value.failed(error)}</p>}
        {lacks && <p class="alert" role="alert">{text.value.lacks[lacks]}</p>}
        <Shown />
      </main>
    </>
  )
}
