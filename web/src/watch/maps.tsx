// The latent maps of the runs that are shown, as they were saved last.
import { useSignal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { Card } from '../parts/card.tsx'
import { Classes } from '../parts/classes.tsx'
import { Swatch } from '../parts/figures.tsx'
import { LatentMap } from '../parts/map.tsx'
import { Tiles } from '../parts/tiles.tsx'
import { middleOf } from '../state/mapped.ts'
import { codeAt, placesOf } from '../state/plane.ts'
import { RunMap } from './codes.ts'
import type { Live } from './live.ts'
import { placeOf, shown, visible } from './runs.ts'
import { text } from './text.ts'

export function Maps() {
  const t = text.value
  const all = shown.value.filter(({ facts }) => facts.value.map !== undefined)
  if (all.length === 0) return null
  return (
    <Card title={t.map} help={t.mapHelp} class="latent">
      <div class={all.length > 1 ? 'side-by-side' : ''}>
        {all.map((run) => <One key={run.index} run={run} several={all.length > 1} />)}
      </div>
    </Card>
  )
}

function One({ run, several }: { readonly run: Live, readonly several: boolean }) {
  const t = text.value
  const { name, map: mark } = run.facts.value
  const map = useMemo(() => new RunMap(run.index), [run])
  const box = useRef<HTMLElement>(null)
  const seen = useSignal(false)
  const chosen = useSignal<Float32Array | null>(null)
  useEffect(() => {
    const watch = new IntersectionObserver((entries) => (seen.value = entries.some(({ isIntersecting }) => isIntersecting)))
    if (box.current) watch.observe(box.current)
    return () => watch.disconnect()
  }, [])
  // A map that nobody sees is not computed.
  const wanted = seen.value && visible.value
  useEffect(() => {
    if (wanted) map.refresh()
  }, [map, mark, wanted])
  const encoded = map.encoded.value
  const shape = map.shape.value
  const code = chosen.value ?? encoded?.plane.mean
  useEffect(() => {
    if (code && shape) map.decode(code)
  }, [code, shape, encoded])
  const at = encoded && chosen.value ? placesOf(chosen.value, encoded.plane) : null
  return (
    <figure ref={box} data-map={encoded !== null}>
      {several && <figcaption><Swatch place={placeOf(run)} /><span class="name">{name}</span></figcaption>}
      {map.fault.value && <p class="note">{map.fault.value}</p>}
      {encoded ? (
        <>
          <LatentMap encoded={encoded} place={at ? [at[0]!, at[1]!] : null}
            onPlace={(x, y) => (chosen.value = codeAt(encoded.plane, x, y))} />
          <div class="there">
            {shape && <Tiles images={map.image.value} shape={shape} columns={1} count={1} label={t.decodedAlt} side={140} />}
            {encoded.labels && <Classes names={encoded.classNames} name={t.classOf}
              onClass={(label) => (chosen.value = middleOf(encoded, label))} />}
          </div>
        </>
      ) : map.fault.value === '' && <div class="map" role="status">{t.mapping}</div>}
    </figure>
  )
}
