// The last figures with the colours of their curves, and a dozen steps of them as a table.
import type { Series } from '../state/curve.ts'
import { dark } from '../state/theme.ts'
import { figure, text, whole } from '../text/index.ts'
import { colourOf } from './chart.tsx'

const ROWS = 12

export const nameOf = (name: string): string => text.value.metrics[name] ?? name
const last = (values: readonly (number | null)[]): number | null => values.findLast((x) => x !== null) ?? null
const shown = (x: number | null | undefined): string => (x === null || x === undefined ? '–' : figure(x))

export function Legend({ series }: { readonly series: Series }) {
  return (
    <dl class="legend">
      {Object.entries(series.values).map(([name, values], place) => (
        <div key={name}>
          <dt><Swatch colour={colourOf(place, dark.value)} />{nameOf(name)}</dt>
          <dd data-metric={name}>{shown(last(values))}</dd>
        </div>
      ))}
    </dl>
  )
}

function Swatch({ colour }: { readonly colour: string }) {
  return <svg class="swatch" viewBox="0 0 14 4" aria-hidden="true"><rect width="14" height="4" rx="2" fill={colour} /></svg>
}

/** Rows at equal distances, the last one among them. */
export function Table({ series: { steps, values } }: { readonly series: Series }) {
  const names = Object.keys(values)
  const rows = Math.min(ROWS, steps.length)
  const at = Array.from({ length: rows }, (_, i) => Math.round(((i + 1) * steps.length) / rows) - 1)
  return (
    <details class="table">
      <summary>{text.value.lossTable}</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={text.value.lossTable}>
        <table>
          <thead>
            <tr>
              <th scope="col">{text.value.step}</th>
              {names.map((name) => <th key={name} scope="col">{nameOf(name)}</th>)}
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
