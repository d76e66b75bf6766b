// The top of the playground: its views.
import { show, view, VIEWS } from '../state/settings.ts'
import { text } from '../text/index.ts'
import { Bar } from './bar.tsx'

export function Header() {
  const { views } = text.value
  return (
    <Bar>
      <nav aria-label="Ganglion">
        {VIEWS.map((each) => (
          <button key={each} type="button" aria-current={view.value === each ? 'page' : undefined} onClick={() => show(each)}>
            {views[each]}
          </button>
        ))}
        <a href="./guide/index.html">{text.value.guide}</a>
      </nav>
    </Bar>
  )
}
