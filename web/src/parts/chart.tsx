// The curves of a run, by uPlot. A canvas says nothing to who cannot see it: figures.tsx has the same as a table.
import { useEffect, useRef } from 'preact/hooks'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { Series } from '../state/curve.ts'
import { dark } from '../state/theme.ts'
import { figure, whole } from '../text/index.ts'

const HEIGHT = 220
/** By their places: the first is what one looks at. */
const COLOURS = { light: ['#0f766e', '#b45309', '#6d5bd0', '#64748b'], dark: ['#5eead4', '#fbbf24', '#a99bff', '#94a3b8'] }

export const colourOf = (place: number, night: boolean): string => COLOURS[night ? 'dark' : 'light'][place % 4]!

function optionsOf(names: readonly string[], width: number, night: boolean): uPlot.Options {
  const [stroke, line] = night ? ['#9aa5a3', '#ffffff14'] : ['#5b6461', '#00000012']
  const font = '12px system-ui, sans-serif'
  const axis = { stroke, font, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 } }
  return {
    width, height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, size: 30, values: (_, ticks) => ticks.map(whole) },
      { ...axis, size: 52, values: (_, ticks) => ticks.map(figure) },
    ],
    series: [{}, ...names.map((name, place) => ({
      label: name, stroke: colourOf(place, night), width: place === 0 ? 2 : 1.5, spanGaps: true,
      // Of one point there is no line.
      points: { show: ({ data }: uPlot) => data[0].length < 2 },
    }))],
  }
}

export function Chart({ series, label }: { readonly series: Series, readonly label: string }) {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const night = dark.value
  const names = Object.keys(series.values)
  const data = [series.steps, ...Object.values(series.values)] as unknown as uPlot.AlignedData
  useEffect(() => {
    const made = plot.current = new uPlot(optionsOf(names, box.current!.clientWidth || 300, night), data, box.current!)
    const watch = new ResizeObserver(([entry]) => made.setSize({ width: Math.floor(entry!.contentRect.width), height: HEIGHT }))
    watch.observe(box.current!)
    return () => {
      watch.disconnect()
      made.destroy()
    }
  }, [names.join(), night])
  useEffect(() => plot.current!.setData(data), [data])
  return <div ref={box} class="chart" role="img" aria-label={label} />
}
