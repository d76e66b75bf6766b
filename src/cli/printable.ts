// The one place between what a command says and a terminal. Names and contents of files may hold anything, also what a terminal
// would take for a command. Invariant: of control characters only new lines and tabs come through.
import type { Io, Output } from './io.ts'

/** C0, DEL and C1 (ECMA-48); what reverses the direction of text (Unicode, UAX #9); further separators of lines. */
// eslint-disable-next-line no-control-regex -- they are what it is about
const CONTROLS = /[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** The text with control characters written as \u001b: in JSON the same string. */
export const printable = (text: string): string =>
  text.replace(CONTROLS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

const filtered = (stream: Output): Output => ({
  write: (text) => stream.write(printable(text)), isTTY: stream.isTTY, raw: stream,
})

export const printableIo = (io: Io): Io => ({ ...io, stdout: filtered(io.stdout), stderr: filtered(io.stderr) })
