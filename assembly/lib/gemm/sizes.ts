// Sizes of the matrix product, by their names in BLIS. Those of @host are what the host sizes memory by.

/** Rows of the smallest register tile, and of a panel of A. @host */
export const MR: i32 = 4
/** Columns of the smallest register tile, and of a panel of B. @host */
export const NR: i32 = 8
/** Rows of a block of A, which is packed at a time: 256 KB, in the second-level cache. @host */
export const MC: i32 = 256
/** Columns of a block of A, and rows of B that are packed at a time. @host */
export const KC: i32 = 256
/** Columns of B that are packed at a time: where they lie side by side, two cache lines of each row, read once. @host */
export const NC: i32 = 32
/** Bytes of a thread's scratch before the packed block of A (scratch.ts). @host */
export const GEMM_HEADER: i32 = 2048

/** A bit of `Gemm.flags`: parts are of C's columns, else of its rows. @host */
export const BY_COLUMNS: i32 = 1
/** A bit of `Gemm.flags`: in tall tiles, where they fit. The bits are the same. @host */
export const TALL: i32 = 2

/** Columns of the widest register tile. */
export const TILE_COLUMNS: i32 = WIDE ? 2 * NR : NR
/**
 * Rows that a tall tile has more than MR; 0: there is none. Of 6 × 8, sums, products and operands do not fit into 16 registers,
 * but a fused product takes none. The wide build has a tall tile for fused products alone.
 */
export const EXTRA_ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 2 : WIDE ? 0 : 1
