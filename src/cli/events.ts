// TensorBoard's event files: records of TFRecord, each an Event, a message of protobuf. Of the messages those fields that are
// written here. Sources: tensorflow/core/util/event.proto, tensorflow/core/framework/summary.proto and, of the records,
// https://www.tensorflow.org/tutorials/load_data/tfrecord
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import crc32c from 'crc-32/crc32c.js'

const VERSION = 'brain.Event:2'
/** SessionLog.START: what an earlier file has of this step and later ones does not count. */
const START = 1
/** What TFRecord adds to a rotated checksum, so that checksums of checksums are not alike. */
const MASK = 0xa282ead8
/** Where a PNG file has its width and height. */
const [WIDTH, HEIGHT] = [16, 20]

/** Seconds since 1970. */
type Time = number

/** The first record of a file. */
export const versionRecord = (time: Time): Uint8Array =>
  record(event(time, 0, (writer) => writer.tag(3, WireType.LengthDelimited).string(VERSION)))

/** Says that what was written of `step` and later ones before does not count, because a run went on from before it. */
export const startRecord = (time: Time, step: number): Uint8Array => record(event(time, step, (writer) => {
  writer.tag(7, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int32(START).join()
}))

/** Figures after `step`, by their tags. */
export const scalarsRecord = (time: Time, step: number, values: Readonly<Record<string, number>>): Uint8Array =>
  record(event(time, step, (writer) => {
    writer.tag(5, WireType.LengthDelimited).fork()
    for (const [tag, value] of Object.entries(values)) {
      writer.tag(1, WireType.LengthDelimited).fork()
      writer.tag(1, WireType.LengthDelimited).string(tag).tag(2, WireType.Bit32).float(value)
      writer.join()
    }
    writer.join()
  }))

/** A PNG file after `step`. */
export const imageRecord = (time: Time, step: number, tag: string, png: Uint8Array, channels: number): Uint8Array =>
  record(event(time, step, (writer) => {
    const { buffer, byteOffset, byteLength } = png
    const header = new DataView(buffer, byteOffset, byteLength)
    writer.tag(5, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.LengthDelimited).string(tag)
    writer.tag(4, WireType.LengthDelimited).fork()
    writer.tag(1, WireType.Varint).int32(header.getUint32(HEIGHT)).tag(2, WireType.Varint).int32(header.getUint32(WIDTH))
    writer.tag(3, WireType.Varint).int32(channels).tag(4, WireType.LengthDelimited).bytes(png)
    writer.join().join().join()
  }))

function event(time: Time, step: number, put: (writer: BinaryWriter) => unknown): Uint8Array {
  const writer = new BinaryWriter()
  writer.tag(1, WireType.Bit64).double(time).tag(2, WireType.Varint).int64(step)
  put(writer)
  return writer.finish()
}

/** Length, its checksum, the data, their checksum: all little-endian. */
function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + data.length)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(data.length), true)
  view.setUint32(8, masked(bytes.subarray(0, 8)), true)
  bytes.set(data, 12)
  view.setUint32(12 + data.length, masked(data), true)
  return bytes
}

function masked(bytes: Uint8Array): number {
  const crc = crc32c.buf(bytes) >>> 0
  return (((crc >>> 15) | (crc << 17)) + MASK) >>> 0
}
