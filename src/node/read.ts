// Reading files whose names or contents come from strangers. Invariant: only regular files are read, as many bytes as they say
// that they have, and gzip data are unpacked no further than their beginning promises, nor than a limit.
import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { GanglionError } from '../errors.ts'
import { idxLength } from '../formats/idx.ts'
import { MOST_BYTES, tooLarge, tooLong } from '../pictures/decode.ts'
import { DENIED, failure } from './files.ts'

export { MOST_BYTES, tooLarge }
/** What one file of text in a run may take; those of a run take a few thousand. */
export const MOST_TEXT = 2 ** 20

/** Without waiting for a writer, where it is a FIFO. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * The bytes of a regular file, or of what a link leads to.
 * @throws GanglionError when it is a device, a FIFO or a socket, or has more than `most` bytes
 * @throws the system's error when it cannot be read
 */
export async function readRegular(path: string, most = Infinity): Promise<Uint8Array> {
  const file = await open(path, FLAGS)
  try {
    const info = await file.stat()
    if (info.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    if (!info.isFile()) throw notRegular(path)
    if (info.size > most) {
      throw new GanglionError(`"${path}" has ${info.size} bytes, expected at most ${most}; give the file that was meant`)
    }
    const bytes = allocated(path, info.size)
    let at = 0
    while (at < bytes.length) {
      const { bytesRead } = await file.read(bytes, at, Math.min(bytes.length - at, 2 ** 30))
      if (bytesRead === 0) break
      at += bytesRead
    }
    return bytes.subarray(0, at)
  } finally {
    await file.close()
  }
}

export const notRegular = (path: string): GanglionError =>
  new GanglionError(`"${path}" is a device, a FIFO or a socket, expected a file or a folder; copy what it gives into a file`)

function allocated(path: string, size: number): Uint8Array {
  try {
    return new Uint8Array(size)
  } catch (cause) {
    throw new GanglionError(`"${path}" has ${size} bytes, more than can be read at once; divide it`, { cause })
  }
}

/**
 * The bytes of a file of data.
 * @param parts of how many that may have `most` bytes together it is one
 * @throws GanglionError when it cannot be read, or has more than `most` bytes, the limit for data; else as `readRegular` does
 */
export async function readData(path: string, most: number, parts = 1): Promise<Uint8Array> {
  const { size } = await stat(path).catch((cause) => { throw unreadable(path, cause) })
  if (size > most / parts) throw tooLong(path, size, most / parts, size * parts)
  return readRegular(path).catch((cause) => { throw unreadable(path, cause) })
}

/** The text of a regular file. @throws as `readRegular` does */
export const readText = async (path: string, most = MOST_TEXT): Promise<string> =>
  new TextDecoder().decode(await readRegular(path, most))

/**
 * The bytes of an IDX file, unpacked when they are gzip, whatever the file is called.
 * @param most the most bytes that it may have, and unpack to
 * @throws as `readRegular` does; GanglionError when the gzip data are damaged, no IDX file, or longer than its header says
 */
export async function readIdx(path: string, most: number): Promise<Uint8Array> {
  const packed = await readData(path, most)
  if (packed[0] !== 0x1f || packed[1] !== 0x8b) return packed
  const stream = createGunzip({ chunkSize: 2 ** 16 })
  stream.end(packed)
  const parts: Uint8Array[] = []
  let length = 0
  let promised: number | undefined
  try {
    for await (const part of stream as AsyncIterable<Uint8Array>) {
      parts.push(part)
      length += part.length
      promised ??= idxLength(Buffer.concat(parts), path)
      if (promised === undefined) continue
      if (promised > most) throw tooLarge(path, promised, most)
      if (length > promised) {
        throw new GanglionError(`"${path}" is too long: it unpacks to more than the ${promised} bytes that its header ` +
          'announces; download or copy it again')
      }
    }
  } catch (cause) {
    if (cause instanceof GanglionError) throw cause
    const { message } = cause as Error
    throw new GanglionError(`"${path}" is damaged gzip data (${message}); download or copy it again`, { cause })
  }
  return Buffer.concat(parts)
}

export function unreadable(path: string, cause: unknown): GanglionError {
  if (cause instanceof GanglionError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === DENIED) return failure('read', path, cause)
  const why = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : message
  return new GanglionError(`cannot read "${path}": ${why}; check the path and its permissions`, { cause })
}
