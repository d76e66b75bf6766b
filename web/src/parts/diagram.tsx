// A model as its parts, layer after layer: what each gives, its parameters and, once a step was measured, its time.
import type { Layer, Part } from '../lab/parts.ts'
import { figure, text, whole } from '../text/index.ts'

interface Props {
  readonly parts: readonly Part[]
  /** Milliseconds of a step by layer; null before it was measured. */
  readonly times: ReadonlyMap<string, number> | null
}

export function Diagram({ parts, times }: Props) {
  const t = text.value
  const longest = Math.max(0, ...times?.values() ?? [])
  const shapes = parts.flatMap(({ shape, layers }) => [shape, ...layers.map((layer) => layer.shape ?? [])])
  const largest = Math.max(...shapes.map(sideOf))
  return (
    <div class="diagram">
      {parts.map(({ name, shape, layers }) => (
        <section key={name} aria-label={t.parts[name]}>
          <h3>{t.parts[name]}</h3>
          <ol>
            <li class="in"><Block shape={shape} largest={largest} /><b>{t.goesIn}</b><span>{sizes(shape)}</span></li>
            {joined(layers, times).map((box) => <Box key={box.layer.name} {...box} largest={largest} longest={longest} />)}
          </ol>
        </section>
      ))}
    </div>
  )
}

interface Joined {
  readonly layer: Layer
  /** What follows it and changes neither shape nor parameters: activations. */
  readonly after: readonly string[]
  /** Of all of them. */
  readonly ms: number | null
}

function joined(layers: readonly Layer[], times: Props['times']): Joined[] {
  const boxes: Joined[] = []
  for (const layer of layers) {
    const last = boxes.at(-1)
    const ms = times?.get(layer.name) ?? null
    const follows = last && !layer.parameters && layer.shape?.join() === last.layer.shape?.join()
    if (!follows) boxes.push({ layer, after: [], ms })
    else {
      const sum = ms === null ? last.ms : (last.ms ?? 0) + ms
      boxes[boxes.length - 1] = { ...last, after: [...last.after, shortOf(layer.name)], ms: sum }
    }
  }
  return boxes
}

interface BoxProps extends Joined {
  readonly largest: number
  readonly longest: number
}

function Box({ layer: { name, shape, parameters }, after, ms, largest, longest }: BoxProps) {
  const t = text.value
  return (
    <li>
      <Block shape={shape} largest={largest} />
      <b title={name}>{breakable(shortOf(name))}</b>
      {after.map((each) => <span key={each}>{breakable(each)}</span>)}
      <span>{shape ? sizes(shape) : '–'}</span>
      {parameters > 0 && <span>{t.parameters(whole(parameters))}</span>}
      {ms !== null && <span class="ms"><meter min={0} max={longest} value={ms} aria-label={name} />{figure(ms)} ms</span>}
    </li>
  )
}

/** Without the part's name. */
const shortOf = (name: string): string => name.split('/').slice(1).join('/') || name
/** Where a name of several words may go on in the next line. */
const breakable = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1\u200b$2')
const sizes = (shape: readonly number[]): string => shape.join(' × ') || '1'
/** How high it is drawn: an image by its side, a list by its length. */
const sideOf = (shape: readonly number[]): number => (shape.length > 1 ? shape[0]! : 4 * Math.log2(1 + (shape[0] ?? 1)))
const [WIDTH, HEIGHT] = [84, 64]
/** Of a list; from one sheet to the next, and how many there are at most. */
const [NARROW, OFFSET, SHEETS] = [6, 4, 5]

/** As high as the image, in sheets: more for more channels. */
function Block({ shape, largest }: { readonly shape: readonly number[] | null, readonly largest: number }) {
  const given = shape ?? []
  const image = given.length > 1
  const sheets = image ? Math.min(SHEETS, 1 + Math.floor(Math.log2(given.at(-1)!) / 2)) : 1
  const height = Math.max(8, (HEIGHT - OFFSET * (SHEETS - 1)) * sideOf(given) / largest)
  const width = image ? height : NARROW
  const [left, top] = [(WIDTH - width - OFFSET * (sheets - 1)) / 2, (HEIGHT - height - OFFSET * (sheets - 1)) / 2]
  return (
    <svg class="block" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {Array.from({ length: sheets }, (_, i) => (
        <rect key={i} x={left + OFFSET * i} y={top + OFFSET * i} width={width} height={height} rx="1.5" />
      ))}
    </svg>
  )
}
