// From one image to another, through what lies between their codes.
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Encoded } from '../state/mapped.ts'
import { between } from '../state/plane.ts'
import { factsOf } from '../state/facts.ts'
import type { Run } from '../state/run.ts'
import { spoken, text } from '../text/index.ts'
import { Card } from './card.tsx'
import { narrow } from './narrow.ts'
import { useDecoded } from './decoded.ts'
import { Dice } from './icons.tsx'
import { Tiles } from './tiles.tsx'

const STEPS = 10
/** On a narrow screen in two rows, of images that are large enough to be seen. */
const NARROW = 5
/** Images that are chosen among, where there are no classes. */
const CHOICES = 10
const anySeed = () => Math.floor(Math.random() * 1e6)

interface Props {
  readonly run: Run
  readonly encoded: Encoded | null
  /** The class that all are drawn as, where the model has classes. */
  readonly label: number
}

export function Walk({ run, encoded, label }: Props) {
  const t = text.value
  const names = spoken(endsOf(run))
  const from = useSignal(Math.min(3, names.length - 1))
  const to = useSignal(Math.min(8, names.length - 1))
  const ends = useSignal<Float32Array | null>(null)
  const draw = async (seed: number) => {
    ends.value = await run.trainer!.drawCodes(2, { seed })
  }
  useEffect(() => void (encoded || draw(run.settings.seed)), [run])
  const codes = useMemo(() => {
    const pair = encoded ? [from.value, to.value].map((label) => firstOf(encoded, label)) : halves(ends.value)
    return pair && between(pair[0]!, pair[1]!, STEPS)
  }, [encoded, from.value, to.value, ends.value])
  const images = useDecoded(run, codes, label)
  const help = factsOf(run.settings.model).classes ? t.walkClass : encoded ? t.walkHelp : t.walkNoise
  return (
    <Card title={t.walk} class="walk" help={help} aside={encoded
      ? <div class="ends"><End name={t.from} value={from} names={names} /><End name={t.to} value={to} names={names} /></div>
      : <button type="button" class="quiet" onClick={() => void draw(anySeed())}><Dice />{t.otherEnds}</button>}>
      <Tiles images={images.value} shape={run.data!.train.shape} columns={narrow.value ? NARROW : STEPS} count={STEPS}
        label={t.walkAlt} />
    </Card>
  )
}

/** What one goes between: classes, or images by their numbers. */
function endsOf({ data }: Run): readonly string[] {
  const { test, classNames } = data!
  return test.labels ? classNames : Array.from({ length: Math.min(CHOICES, test.count) }, (_, i) => String(i + 1))
}

/** The code of the first test image of a class that has one; without classes, of an image. */
function firstOf({ codes, labels, plane: { size } }: Encoded, label: number): Float32Array {
  const row = labels ? Math.max(0, Array.prototype.indexOf.call(labels, label)) : label
  return codes.subarray(row * size, (row + 1) * size)
}
const halves = (pair: Float32Array | null) => pair && [pair.subarray(0, pair.length / 2), pair.subarray(pair.length / 2)]

function End({ name, value, names }: {
  readonly name: string, readonly value: { value: number }, readonly names: readonly string[]
}) {
  return (
    <label>
      <span>{name}</span>
      <select value={value.value} onChange={({ currentTarget }) => (value.value = Number(currentTarget.value))}>
        {names.map((each, label) => <option key={each} value={label}>{each}</option>)}
      </select>
    </label>
  )
}
