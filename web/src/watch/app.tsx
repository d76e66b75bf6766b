// The page: which runs there are, then what those that are shown have, beside each other.
import { Bar } from '../parts/bar.tsx'
import { Curves } from './curves.tsx'
import { List } from './list.tsx'
import { Maps } from './maps.tsx'
import { Options } from './options.tsx'
import { Pictures } from './pictures.tsx'
import { connection, runs, shown } from './runs.ts'
import { text } from './text.ts'

export function App() {
  const t = text.value
  return (
    <>
      <Bar />
      <main id="main" tabIndex={-1}>
        <h1>{t.tagline}</h1>
        {connection.value === 'lost' && <p class="alert" role="alert">{t.lost}</p>}
        {runs.value.length === 0 ? connection.value !== 'lost' && <p role="status">{t.opening}</p> : <Runs />}
      </main>
    </>
  )
}

function Runs() {
  return (
    <>
      <List />
      {shown.value.length === 0 ? <p class="note">{text.value.none}</p> : (
        <div class="view watch">
          <div class="stack"><Curves /><Maps /><Options /></div>
          <div class="stack"><Pictures /></div>
        </div>
      )}
    </>
  )
}
