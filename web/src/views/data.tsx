// Pictures of one's own: chosen, dropped or drawn; sub-folders are classes. What is broken is named, and the rest goes on.
import { useMemo, useRef } from 'preact/hooks'
import { Camera } from '../parts/camera.tsx'
import { Card } from '../parts/card.tsx'
import { over } from '../parts/drop.ts'
import { Pad } from '../parts/pad.tsx'
import { Tiles } from '../parts/tiles.tsx'
import { FIRST_DATA, floats, isOwn } from '../state/data.ts'
import { chosen } from '../state/given.ts'
import {
  CHANNELS, current, fault, FITS, give, given, giveUp, making, type OwnSet, SIZES, want, wanted,
} from '../state/own.ts'
import { change, settings, show } from '../state/settings.ts'
import { text, whole } from '../text/index.ts'

/** Pictures that are shown, and files that are named. */
const SHOWN = 40
const NAMED = 20

export default function Pictures() {
  const t = text.value
  return (
    <div class="view pair">
      <div class="stack">
        <Given />
        <Card title={t.draw} help={t.drawHelp} class="pad"><Pad onPicture={(file) => give([file])} /></Card>
        <Card title={t.camera} help={t.cameraHelp} class="camera"><Camera onPicture={(file) => give([file])} /></Card>
      </div>
      <Card title={t.made} help={t.madeHelp} class="made"><Made /></Card>
    </div>
  )
}

function Given() {
  const t = text.value
  return (
    <Card title={t.ownTitle} help={t.ownHelp}>
      <div class={`drop ${over.value ? 'over' : ''}`} data-drop>
        <p>{t.drop}</p>
        <div class="buttons">
          <Files label={t.chooseFiles} />
          <Files label={t.chooseFolder} folder />
        </div>
      </div>
      <div class="choices">
        <Choice label={t.size} among={SIZES} value={wanted.value.size} name={(size) => `${size} × ${size}`}
          onChoice={(size) => want({ size })} />
        <Choice label={t.colours} among={CHANNELS} value={wanted.value.channels} name={(count) => t.channels[count]}
          onChoice={(channels) => want({ channels })} />
        <Choice label={t.fit} among={FITS} value={wanted.value.fit} name={(fit) => t.fits[fit]}
          onChoice={(fit) => want({ fit })} />
      </div>
    </Card>
  )
}

function Files({ label, folder = false }: { readonly label: string, readonly folder?: boolean }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input ref={input} type="file" multiple hidden data-files={folder ? 'folder' : 'files'} {...{ webkitdirectory: folder }}
        onChange={({ currentTarget }) => {
          give(chosen(currentTarget.files ?? []))
          currentTarget.value = ''
        }} />
      <button type="button" onClick={() => input.current?.click()}>{label}</button>
    </>
  )
}

interface ChoiceProps<T extends string | number> {
  readonly label: string
  readonly among: readonly T[]
  readonly value: T
  readonly name: (each: T) => string
  readonly onChoice: (each: T) => void
}

function Choice<T extends string | number>({ label, among, value, name, onChoice }: ChoiceProps<T>) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChoice(among[currentTarget.selectedIndex]!)}>
        {among.map((each) => <option key={each} value={each}>{name(each)}</option>)}
      </select>
    </label>
  )
}

function Made() {
  const t = text.value
  const set = current.value
  return (
    <>
      <div role="status">
        {fault.value && <p class="alert">{fault.value}</p>}
        {making.value && <p class="note">{t.reading(whole(given.value.length))}</p>}
        {!set && !making.value && !fault.value && <p class="note">{t.noneYet}</p>}
        {set && <p data-made={set.train.count}>{t.have(whole(set.train.count), set.classNames)}</p>}
      </div>
      {set && <Preview set={set} />}
      {set && <LeftOut title={t.broken} names={set.broken} kind="broken" />}
      {set && <LeftOut title={t.skipped} names={set.skipped} kind="skipped" />}
      <div class="buttons">
        {set && <button type="button" class="primary" data-train onClick={() => begin(set)}>{t.trainOn}</button>}
        {given.value.length > 0 && <button type="button" onClick={giveUp}>{t.giveUp}</button>}
        {isOwn(settings.value.data) && (
          <button type="button" onClick={() => change({ data: FIRST_DATA })}>{t.backToDigits}</button>
        )}
      </div>
    </>
  )
}

function begin({ id, train: { count } }: OwnSet): void {
  change({ data: id, batch: Math.min(settings.value.batch, count) })
  show('train')
}

function Preview({ set: { train } }: { readonly set: OwnSet }) {
  const images = useMemo(() => floats(train.images.subarray(0, SHOWN * (train.images.length / train.count))), [train])
  return <Tiles images={images} shape={train.shape} columns={8} count={1} label={text.value.preview} />
}

function LeftOut({ title, names, kind }: { readonly title: string, readonly names: readonly string[], readonly kind: string }) {
  if (!names.length) return null
  return (
    <div class="left-out" data-left-out={kind}>
      <h3>{title} ({whole(names.length)})</h3>
      <ul>{names.slice(0, NAMED).map((name) => <li key={name}>{name}</li>)}{names.length > NAMED && <li>…</li>}</ul>
    </div>
  )
}
