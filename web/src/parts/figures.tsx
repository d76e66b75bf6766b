// The last figures with the colours of their curves, and a dozen steps of them as a table.
import type { Series } from '../state/curve.ts'
import { dark } from '../state/theme.ts'
import { figure, whole } from '../text/language.ts'
import { words } from '../text/words.ts'
import { colourOf, type Stroke } from './chart.tsx'

const ROWS = 12

/** A figure's name as the page says it; one that it does not know is said as it is. */
export const nameOf = (name: string): string => words.value.metrics[name] ?? name

interface Props {
  readonly series: Series
  /** What the series are called, where they are not metrics, and how they are drawn, as the chart has it. */
  readonly called?: (name: string) => string
  readonly strokes?: readonly Stroke[]
}

export const last = (values: readonly (number | null)[]): number | null => values.findLast((x) => x !== null) ?? null
export const shown = (x: number | null | undefined): string => (x === null || x === undefined ? '–' : figure(x))

export function Legend({ series, called = nameOf, strokes }: Props) {
  return (
    <dl class="legend">
      {Object.entries(series.values).map(([name, values], i) => (
        <div key={name}>
          <dt><Swatch {...strokes?.[i] ?? { place: i }} />{called(name)}</dt>
          <dd data-metric={name}>{shown(last(values))}</dd>
        </div>
      ))}
    </dl>
  )
}

export function Swatch({ place, dashed }: Stroke) {
  return (
    <svg class="swatch" viewBox="0 0 14 4" aria-hidden="true">
      <path d="M0 2h14" stroke={colourOf(place, dark.value)} stroke-width="4" {...dashed && { 'stroke-dasharray': '5 4' }} />
    </svg>
  )
}

/** Rows at equal distances, the last one among them. */
export function Table({ series: { steps, values }, called = nameOf }: Props) {
  const names = Object.keys(values)
  const rows = Math.min(ROWS, steps.length)
  const at = Array.from({ length: rows }, (_, i) => Math.round(((i + 1) * steps.length) / rows) - 1)
  return (
    <details class="table">
      <summary>{words.value.lossTable}</summary>
      <div class="scroll" tabIndex={0} role="group" aria-label={words.value.lossTable}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.value.step}</th>
              {names.map((name) => <th key={name} scope="col">{called(name)}</th>)}
            </tr>
          </thead>
          <tbody>
            {at.map((i) => (
              <tr key={i}>
                <th scope="row">{whole(steps[i]!)}</th>
                {names.map((name) => <td key={name}>{shown(values[name]![i])}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
