// Lines in panels, two beside each other, as an SVG that needs no browser (ECharts' server-side renderer). All lines of a
// panel have the same places on the x axis, equally spaced: doublings make it logarithmic.

export interface Line {
  readonly name: string
  readonly values: readonly number[]
  /** For what is computed, not measured. */
  readonly dashed?: boolean
}

export interface Panel {
  readonly title: string
  readonly x: string
  readonly places: readonly number[]
  readonly logarithmic?: boolean
  readonly lines: readonly Line[]
}

const WIDTH = 1000
const HEIGHT = 380
const MARGIN = { left: 60, top: 70, right: 20, bottom: 45 }
/** Okabe and Ito's colours, told apart by most who do not see all colours. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#555555']

export async function svgOf(panels: readonly Panel[]): Promise<string> {
  // It takes a tenth of a second, which other commands need not.
  const echarts = await import('echarts')
  const rows = Math.ceil(panels.length / 2)
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: rows * HEIGHT })
  const left = (i: number) => (i % 2) * (WIDTH / 2)
  const top = (i: number) => Math.floor(i / 2) * HEIGHT
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))]
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: 'sans-serif' },
    title: panels.map(({ title }, i) => (
      { text: title, left: left(i) + MARGIN.left, top: top(i) + 10, textStyle: { fontSize: 15, fontWeight: 'normal' } }
    )),
    legend: panels.map(({ lines }, i) => (
      { data: lines.map(({ name }) => name), left: left(i) + MARGIN.left - 8, top: top(i) + 34, itemWidth: 22, itemGap: 18 }
    )),
    grid: panels.map((_, i) => ({
      left: left(i) + MARGIN.left, top: top(i) + MARGIN.top,
      width: WIDTH / 2 - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom,
    })),
    xAxis: panels.map(({ x, places }, i) => {
      const named = { name: x, nameLocation: 'middle' as const, nameGap: 26 }
      const data = places.map((at) => at.toLocaleString('en'))
      return { type: 'category' as const, boundaryGap: false, data, ...named, gridIndex: i }
    }),
    yAxis: panels.map(({ logarithmic }, i) => ({ type: logarithmic ? 'log' : 'value', gridIndex: i })),
    series: panels.flatMap(({ lines }, i) => lines.map(({ name, values, dashed }) => ({
      type: 'line' as const,
      name,
      xAxisIndex: i,
      yAxisIndex: i,
      data: [...values],
      symbol: dashed ? 'none' : 'circle',
      symbolSize: 6,
      color: dashed ? '#999999' : COLOURS[names.indexOf(name) % COLOURS.length],
      lineStyle: { width: 2, type: dashed ? 'dashed' as const : 'solid' as const },
    }))),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return svg
}
