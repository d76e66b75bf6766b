// From a trained model to the files of a format, in memory: in a page too.
import { GanglionError } from '../errors.ts'
import { Model } from '../train/model.ts'
import {
  check, complete, type Given, isRecord, listOf, name as nameRule, oneOf, option, rule, shown,
} from '../options.ts'
import { checkPart, DEFAULT_PART, PARTS } from './part.ts'
import type { Files, Format, FormatSchema } from './format.ts'
import * as registry from './registry.ts'
import { sourceOf, type Trained } from './source.ts'

export type FormatName = keyof typeof registry
/** The formats, by their names. */
export const formats = registry as unknown as Readonly<Record<FormatName, Format>>
/**
 * @example
 * for (const name of formatNames()) console.log(name)
 */
export const formatNames = Object.keys(registry).sort() as FormatName[]

/** What every format takes. */
export const COMMON = {
  /** Which part of the model. Default: generator, which is what `sample` needs. */
  part: option(oneOf(...PARTS), DEFAULT_PART, 'generator, decoder, encoder, autoencoder or discriminator'),
  /** What the classes of a model with classes are called, for the file to say. Default: what the run calls them. */
  classNames: listOf('names', (x): x is string => nameRule.fault(x) === null),
}
type SchemaOf<F extends FormatName> = (typeof registry)[F] extends Format<infer S extends FormatSchema> ? S : never
/** The options of a format: `part`, `classNames`, and its own. */
export type ExportOptions<F extends FormatName = FormatName> = Given<typeof COMMON> & Given<SchemaOf<F>>

const TRAINED = rule("a Model, or what loadRun gives", (x): x is Model | Trained =>
  x instanceof Model || (isRecord(x) && x['model'] instanceof Model))

/**
 * The files of a part of a trained model, in a format, by their names: one, or those of a folder.
 *
 * ```js
 * const [onnx] = (await exportModel(model, 'onnx', { part: 'decoder' })).values()
 * ```
 * @param trained a model, or the run that `loadRun` of `ganglion/node` gives
 * @throws TypeError, RangeError for options that are not as described, or weights of the part that are not finite
 * @throws GanglionError where the model has no such part, or the part cannot be of this format
 * @example
 * for (const [name, bytes] of await exportModel(model, 'onnx')) await writeFile(name, bytes)
 */
export async function exportModel<F extends FormatName>(
  trained: Model | Trained, format: F, options: ExportOptions<F> = {} as ExportOptions<F>,
): Promise<Files> {
  check('exportModel', 'the model', trained, TRAINED)
  if (!isFormatName(format)) {
    throw new RangeError(`exportModel: there is no format ${shown(format)}, expected ${formatNames.join(', ')}`)
  }
  const of = formats[format]
  const { part, classNames, ...own } = complete('exportModel', options as Given<typeof COMMON>, COMMON, of.options)
  const run = trained instanceof Model ? { model: trained } : trained
  checkExport(run.model.definition, of, part)
  return of.write(await sourceOf(run, part, classNames), own)
}

export const isFormatName = (name: unknown): name is FormatName => formatNames.includes(name as FormatName)

/** @throws GanglionError where a model has no such part, or a format takes none such */
export function checkExport(definition: Model['definition'], { name, parts }: Format, part: (typeof PARTS)[number]): void {
  checkPart(definition, part)
  if (!parts || parts.includes(part)) return
  throw new GanglionError(`${name} takes no ${part}; export ${parts.join(' or ')}, or choose another format`)
}
