// The curves of a run, by uPlot. A canvas says nothing to who cannot see it: figures.tsx has the same as a table.
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Series } from '../state/curve.ts'
import { dark } from '../state/theme.ts'
import { figure, whole } from '../text/language.ts'
import { sized } from './sized.ts'

/** By their places: the first is what one looks at. Each reaches 3 : 1 on a card. */
const COLOURS = {
  light: ['#0f766e', '#b45309', '#6d5bd0', '#64748b', '#be185d', '#1d6fd1', '#4d7c0f', '#8a5a44'],
  dark: ['#5eead4', '#fbbf24', '#a99bff', '#94a3b8', '#f48fb9', '#74b4ff', '#b5d86b', '#d6a184'],
}
/** Curves that have a colour of their own. */
export const MOST_COLOURS = COLOURS.light.length

interface Size {
  readonly width: number
  readonly height: number
}
/** What the style gives it. */
const sizeOf = ({ clientWidth, clientHeight }: HTMLElement): Size => ({ width: clientWidth || 300, height: clientHeight || 220 })

/** How a curve is drawn: its colour's place, and whether it is dashed. */
export interface Stroke {
  readonly place: number
  readonly dashed?: boolean
}

export const colourOf = (place: number, night: boolean): string => COLOURS[night ? 'dark' : 'light'][place % MOST_COLOURS]!

/** @param strokes how curves are drawn, where not each in the colour of its own place; then none of them is bolder */
function optionsOf(names: readonly string[], size: Size, night: boolean, strokes: Props['strokes']): uPlot.Options {
  const [stroke, line] = night ? ['#9aa5a3', '#ffffff14'] : ['#5b6461', '#00000012']
  const font = '12px system-ui, sans-serif'
  const axis = { stroke, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } }
  return {
    ...size,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, size: 30, values: (_, ticks) => ticks.map(whole) },
      { ...axis, size: 52, values: (_, ticks) => ticks.map(figure) },
    ],
    series: [{}, ...names.map((name, i) => ({
      label: name, stroke: colourOf(strokes?.[i]?.place ?? i, night), width: i === 0 && !strokes ? 2 : 1.5, spanGaps: true,
      // Of one point there is no line.
      points: { show: ({ data }: uPlot) => data[0].length < 2 }, ...(strokes?.[i]?.dashed && { dash: [6, 4] }),
    }))],
  }
}

interface Props {
  readonly series: Series
  readonly label: string
  readonly strokes?: readonly Stroke[]
}

export function Chart({ series, label, strokes }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const night = dark.value
  const names = Object.keys(series.values)
  const data = [series.steps, ...Object.values(series.values)] as unknown as uPlot.AlignedData
  useEffect(() => {
    const element = box.current
    if (!element) return undefined
    const made = plot.current = new uPlot(optionsOf(names, sizeOf(element), night, strokes), data, element)
    const end = sized(element, () => made.setSize(sizeOf(element)))
    return () => {
      end()
      made.destroy()
      plot.current = null
    }
  }, [names.join(), JSON.stringify(strokes), night])
  useEffect(() => plot.current?.setData(data), [data])
  return <div ref={box} class="chart" role="img" aria-label={label} />
}
