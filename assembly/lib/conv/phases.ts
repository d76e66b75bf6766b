// Arguments of a direct convolution: its words, then a record of each phase. A plain convolution is one phase; a transposed one
// is a phase for each residue of its strides, which write different pixels of C.
import { Address } from '../layout'
import { Padded } from './padded'

/** One of the convolutions. */
@unmanaged
export class Phase {
  /** Its filters: in panels of NR columns, or each in a row. */
  filters: Address
  c: Address
  /** Patches of an image: rows and columns. */
  patchesY: i32
  patchesX: i32
  /** Bytes from the padded image's start to the first tap of the first patch. */
  firstTap: usize
  /** Rows of taps, and bytes of each. */
  tapsY: i32
  runBytes: usize
}

/** The phases follow. */
@unmanaged
export class Direct extends Padded {
  /** Images whose patches are in tiles together, so that fewer tiles are partly empty. */
  groupSize: i32
  phaseCount: i32
}
