// Runs that are kept in this browser: named, opened, downloaded as run folders, and such folders opened from files.
import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { open } from '../state/current.ts'
import { download } from '../state/files.ts'
import { folderOf, openFolder } from '../state/folder.ts'
import { gridOf } from '../state/look.ts'
import type { Run } from '../state/run.ts'
import { read, show, write } from '../state/settings.ts'
import { forget, keep, type Kept, list, momentOf, rename, runs, trouble } from '../state/shelf.ts'
import { text, whole } from '../text/index.ts'
import { Card } from './card.tsx'
import { Download } from './icons.tsx'
import { Tiles } from './tiles.tsx'

/** Rows of samples that a kept run shows. */
const ROWS = 2

async function keepNow(now: Run): Promise<void> {
  const moment = await now.moment()
  const { settings, data } = now
  const { columns } = gridOf(now)
  const { shape } = data!.train
  const size = shape.reduce((a, b) => a * b, 1)
  const images = (now.look.samples.value ?? new Float32Array(ROWS * columns * size)).slice(0, ROWS * columns * size)
  const name = text.value.keptAs(settings.model, String(settings.seed))
  const { step, digest } = moment
  // Unique enough: hosts that are not secure have no UUIDs.
  const id = `${Date.now()}-${digest.slice(0, 8)}`
  await keep({ id, name, at: Date.now(), hash: write(settings), step, digest, picture: { images, shape, columns } }, moment)
}

async function downloadNow(now: Run): Promise<void> {
  const moment = await now.moment()
  const name = `${now.settings.model}-seed-${now.settings.seed}-step-${moment.step}`
  download(`${name}.zip`, await folderOf(now, name, moment) as BlobPart, 'application/zip')
}

export function Shelf({ now }: { readonly now: Run }) {
  const t = text.value
  const busy = useSignal(false)
  const said = useSignal('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => void list(), [])
  const during = async (work: () => Promise<void>, failed: (why: string) => string) => {
    busy.value = true
    said.value = ''
    await work().catch((error: Error) => (said.value = failed(error.message)))
    busy.value = false
  }
  const openFile = async (file: Blob) => {
    const { settings, moment } = await openFolder(file)
    open(settings, moment)
    show('train')
  }
  const off = busy.value || !now.threads.value
  return (
    <Card title={t.keptTitle} help={t.keptHelp} class="shelf">
      <div class="buttons">
        <button type="button" class="primary" data-keep disabled={off} onClick={() => void during(() => keepNow(now), t.notKept)}>
          {busy.value ? t.keeping : t.keep}
        </button>
        <button type="button" data-folder disabled={off} onClick={() => void during(() => downloadNow(now), t.failedTo)}>
          <Download />{t.asFolder}
        </button>
        <button type="button" disabled={busy.value} onClick={() => input.current?.click()}>{t.openFile}</button>
        <input ref={input} type="file" hidden accept=".zip,application/zip" data-open-file onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? []
          if (file) void during(() => openFile(file), t.notOpened)
        }} />
      </div>
      <p class="note">{t.folderHelp}</p>
      <div role="status">
        {trouble.value && <p class="alert" data-trouble={trouble.value}>{t.trouble[trouble.value]}</p>}
        {said.value && <p class="alert" data-said>{said.value}</p>}
        {runs.value?.length === 0 && <p class="note">{t.noneKept}</p>}
      </div>
      <ul class="kept">{runs.value?.map((each) => <Item key={each.id} of={each} />)}</ul>
    </Card>
  )
}

function Item({ of }: { readonly of: Kept }) {
  const t = text.value
  const { name, step, digest, picture: { images, shape, columns }, hash } = of
  const go = async () => {
    const moment = await momentOf(of)
    if (!moment) return
    open(read(hash).settings, moment)
    show('train')
  }
  return (
    <li data-kept={digest}>
      <Tiles images={images} shape={shape} columns={columns} count={ROWS * columns}
        label={t.samplesAlt(String(ROWS * columns), whole(step))} />
      <input value={name} aria-label={t.name} maxLength={80}
        onChange={({ currentTarget }) => void rename(of, currentTarget.value)} />
      <p class="note">{t.at(whole(step))}: <code>{digest.slice(0, 8)}…</code></p>
      <div class="buttons">
        <button type="button" aria-label={`${t.openRun}: ${name}`} onClick={() => void go()}>{t.openRun}</button>
        <button type="button" class="quiet" aria-label={`${t.deleteRun}: ${name}`} onClick={() => void forget(of)}>
          {t.deleteRun}
        </button>
      </div>
    </li>
  )
}

