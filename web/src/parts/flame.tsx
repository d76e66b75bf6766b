// Where the time of a step goes, as a flame: each row divides the one above. A list within lists, so that it can be read aloud.
import type { Branch } from '../lab/times.ts'
import { figure, text } from '../text/index.ts'

/** What takes less of the step is too narrow to be drawn. */
const LEAST = 0.004

export function Flame({ root }: { readonly root: Branch }) {
  return <ul class="flame"><Bar branch={root} all={root.ms} level={0} /></ul>
}

function Bar({ branch: { name, ms, children }, all, level }: {
  readonly branch: Branch, readonly all: number, readonly level: number
}) {
  const t = text.value
  const shown = nameOf(name, level)
  const says = t.timeOf(shown, figure(ms), figure(100 * ms / all))
  const drawn = children.filter((child) => child.ms / all >= LEAST)
  return (
    <li style={{ flexGrow: Math.round(1e5 * ms / all) }}>
      <span class={`bar level${level}`} title={says}><b>{shown}</b> <i>{figure(ms)} ms</i></span>
      {drawn.length > 0 && <ul>{drawn.map((child) => <Bar key={child.name} branch={child} all={all} level={level + 1} />)}</ul>}
    </li>
  )
}

/** Levels: the step, a part, a layer of it, what is done there, an op. */
function nameOf(name: string, level: number): string {
  const { between, phases, wholeStep } = text.value
  if (level === 0) return wholeStep
  if (level === 3) return phases[name as keyof typeof phases]
  return level === 2 ? name.split('/').slice(1).join('/') || name || between : name || between
}
