// A run to a file and back: a run folder of the command line in a zip file. A worker does it, which ends with its answer.
import type { Data as FolderData, Opened, Reply, Request } from '../workers/folder.ts'
import software from 'virtual:software'
import { dataOf, isSet, PLANES, SET_NAMES, SETS } from './data.ts'
import { factsOf, optionText } from './facts.ts'
import { ownData, ownSets } from './own.ts'
import type { Moment, Run } from './run.ts'
import { changesIn, defaultsOf, modelOptions, type Settings, within } from './settings.ts'

function ask<T>(request: Request): Promise<T> {
  const worker = new Worker(new URL('../workers/folder.ts', import.meta.url), { type: 'module' })
  return new Promise<T>((done, fail) => {
    worker.onmessage = ({ data }: MessageEvent<Reply>) => ('error' in data ? fail(new Error(data.error)) : done(data.value as T))
    worker.onerror = ({ message }) => fail(new Error(message))
    worker.postMessage(request)
  }).finally(() => worker.terminate())
}

/** As the command line loads the same. */
function sourceOf(run: Run): FolderData {
  const { train: { count }, classNames } = run.data!
  const own = ownData(run.settings.data)
  if (!own) {
    const { data } = run.settings
    return { source: data, count, ...(isSet(data) && SETS[data].load && { load: SETS[data].load, classNames }) }
  }
  const names = classNames.length ? { classNames } : {}
  return { source: 'pictures', count, load: { ...own.wanted, skipBroken: true }, ...names }
}

export async function folderOf(run: Run, name: string, { state, step, epoch, series }: Moment): Promise<Uint8Array> {
  const { kind, options, threads } = run.trainer!.info
  const last = Object.entries(series.values).map(([metric, all]) => [metric, all.findLast((x) => x !== null) ?? 0])
  const { seed, batch, augment } = run.settings
  return ask<Uint8Array>({
    write: {
      name, kind, options, seed, batch, augment, threads, state, step, epoch, metrics: Object.fromEntries(last),
      data: sourceOf(run), images: run.data!.train.images, software,
    },
  })
}

/** The name of the data whose images have that hash, where the page has them: the set of that name, or own ones. */
async function dataWith({ source, sha256 }: FolderData & { readonly sha256: string }): Promise<string | undefined> {
  const named = [...SET_NAMES, ...PLANES].filter((name) => name === source)
  const shipped = await Promise.all(named.map(async (id) => ({ id, train: (await dataOf(id)).train })))
  const all = [...shipped, ...ownSets()]
  const hashes = await Promise.all(all.map(({ train: { images } }) => ask<string>({ hash: images })))
  return all[hashes.indexOf(sha256)]?.id
}

/**
 * The run in a file.
 * @throws Error where it is none, or one that the page cannot go on with
 */
export async function openFolder(file: Blob): Promise<{ readonly settings: Settings, readonly moment: Moment }> {
  const { config, state, step, epoch, digest } = await ask<Opened>({ read: new Uint8Array(await file.arrayBuffer()) })
  const { model: { kind, options }, data, training: { seed, batchSize, augment = '', accumulate = 1 } } = config
  if (accumulate !== 1) throw new Error('it was trained in micro-batches, which this page does not')
  const known = data && await dataWith(data)
  if (!known) {
    const which = data ? `${data.count} images of "${data.source}"` : 'images'
    throw new Error(`it was trained on ${which} that this page does not have`)
  }
  const defaults = defaultsOf(kind, known)
  const texts = factsOf(kind).options.map((each) => (
    [each.name, optionText(each, String(options[each.name] ?? each.initial)) ?? each.initial]))
  const settings: Settings = {
    ...defaults, seed, augment: changesIn(augment), batch: batchSize ?? defaults.batch, options: Object.fromEntries(texts),
    latent: within('latent', Number(options['latent'] ?? defaults.latent), defaults.latent),
    rate: within('rate', Number(options['learningRate']), defaults.rate),
  }
  for (const [name, value] of Object.entries(modelOptions(settings))) {
    if (JSON.stringify(value) === JSON.stringify(options[name])) continue
    throw new Error(`its option ${name} is ${JSON.stringify(options[name])}, which this page cannot set`)
  }
  return {
    settings,
    moment: { state, step, epoch, digest, series: { steps: [], values: {} } },
  }
}
