// Inside the model that trains: where its codes lie, what each of their numbers does, what is between two of them.
import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { Beliefs } from '../parts/beliefs.tsx'
import { Card } from '../parts/card.tsx'
import { Classes } from '../parts/classes.tsx'
import { useDecoded } from '../parts/decoded.ts'
import { Dice } from '../parts/icons.tsx'
import { LatentMap } from '../parts/map.tsx'
import { Numbers } from '../parts/numbers.tsx'
import { Sliders } from '../parts/sliders.tsx'
import { Tiles } from '../parts/tiles.tsx'
import { Walk } from '../parts/walk.tsx'
import { run } from '../state/current.ts'
import { Encoder } from '../state/encoded.ts'
import { middleOf } from '../state/mapped.ts'
import { factsOf } from '../state/facts.ts'
import { codeAt, placesOf } from '../state/plane.ts'
import type { Run } from '../state/run.ts'
import { spoken, text } from '../text/index.ts'

export default function Inside() {
  const now = run.value
  // Its parts are of one run: another one begins with nothing chosen.
  return now?.threads.value ? <Of key={now.id} run={now} /> : <p role="status">{text.value.status.starting}</p>
}

function Of({ run }: { readonly run: Run }) {
  const { encodes, classes } = factsOf(run.settings.model)
  const encoder = useMemo(() => (encodes ? new Encoder(run) : null), [run])
  useEffect(() => () => encoder?.close(), [encoder])
  const encoded = encoder?.encoded.value ?? null
  const size = run.trainer!.info.codeShape.reduce((a, b) => a * b, 1)
  const chosen = useSignal<Float32Array | null>(null)
  const label = useSignal(0)
  const t = text.value
  const code = chosen.value ?? encoded?.plane.mean ?? (encodes ? null : new Float32Array(size))
  const images = useDecoded(run, code, label.value)
  const place = useComputed(() => {
    const now = encoder?.encoded.value
    return now && chosen.value ? placesOf(chosen.value, now.plane) : null
  })
  const draw = async () => {
    chosen.value = await run.trainer!.drawCodes(1, { seed: Math.floor(Math.random() * 1e6) })
  }
  const at = place.value
  return (
    <div class="view inside">
      <div class="pair">
        {encodes ? (
          <Card title={t.map} help={t.mapHelp} class="latent">
            {encoded && (
              <>
                <LatentMap encoded={encoded} place={at ? [at[0]!, at[1]!] : null}
                  onPlace={(x, y) => (chosen.value = codeAt(encoded.plane, x, y))} />
                {encoded.labels && <Classes names={spoken(encoded.classNames)} name={t.classOf}
                  onClass={(at) => (chosen.value = middleOf(encoded, at))} />}
              </>
            )}
          </Card>
        ) : <Beliefs run={run} />}
        <Card title={t.code} help={encodes ? t.codeHelp : t.noEncoder} class="code" aside={
          <button type="button" class="quiet" onClick={() => void draw()}><Dice />{t.fromNoise}</button>
        }>
          <div class="one">
            <Tiles images={images.value} shape={run.data!.train.shape} columns={1} count={1} label={t.decodedAlt} side={280} />
          </div>
          {classes && <Classes names={spoken(run.data!.classNames)} name={t.drawnAs} chosen={label.value}
            onClass={(at) => (label.value = at)} />}
          {code && <Sliders code={code} codes={encoded?.codes ?? null} onCode={(next) => (chosen.value = next)} />}
        </Card>
      </div>
      {encodes && <Numbers run={run} encoded={encoded} />}
      <Walk run={run} encoded={encoded} label={label.value} />
    </div>
  )
}
