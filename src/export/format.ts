// What a format is: a record with its name, its options and what writes it. A format is one file of src/export/formats and one
// line of registry.ts: the command line and its flags, `exportModel`, the docs' test and the tests of all formats read it there.
// What is heavy (a library, Binaryen) lies in src/export/<name>/write.ts, which `write` loads when it is asked for.
import { type Complete, type Option } from '../options.ts'
import type { Part } from './part.ts'
import type { Source } from './source.ts'

/** A format's own options: each has a default, and a line that says what it is. One of true or false is a flag. */
export type FormatSchema = Readonly<Record<string, Option>>

/** Bytes or text, by names: of a format of several files they are paths from a folder. */
export type Files = ReadonlyMap<string, Uint8Array<ArrayBuffer> | string>

export interface Format<S extends FormatSchema = FormatSchema> {
  /** Its name on the command line. */
  readonly name: string
  /** A line about it. */
  readonly summary: string
  /** The end of the name of its file, '.onnx', or of its folder, '-safetensors'. */
  readonly suffix: string
  /** Whether it is several files, in a folder. Default false. */
  readonly folder?: boolean
  /** The parts of models that it takes. Default: all. */
  readonly parts?: readonly Part[]
  readonly options: S
  /**
   * Its files; one file is named by the part and the suffix. What the source gives was checked: the model has the part, and the
   * part's weights are finite.
   * @throws GanglionError where the part cannot be of this format
   */
  write(source: Source, options: Complete<S>): Promise<Files> | Files
}

/** A format from its record: the options that `write` gets are of the schema. */
/* @__NO_SIDE_EFFECTS__ */
export function defineFormat<const S extends FormatSchema>(format: Format<S>): Format<S> {
  return format
}

/** The name of the file, or of the folder, that a part of a model is exported to. */
export const fileNameOf = ({ suffix }: Pick<Format, 'suffix'>, part: Part): string => `${part}${suffix}`
