// The samples that experiments on drawn pictures are tried on.

/** Width and height of the pictures. */
export const SIZE = 32;
export const TESTS = 200;
/** Samples that no training reaches. */
const TEST_FROM = 10_000_000;

export const testIndices: readonly number[] = Array.from({ length: TESTS }, (_, i) => TEST_FROM + i);
