// Philox4x32-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011), section 3.3 and table 2.
// A counter-based generator: the output is a pure function of a 128-bit counter and a 64-bit key, so any draw can be made on its own.

/**
 * Writes the four 32-bit words philox4x32-10(counter, key) to `out[at … at + 3]`.
 *
 * @example philox(new Uint32Array(4), 0, 0, out, 0); // out: 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8
 */
export function philox(counter: Uint32Array, key0: number, key1: number, out: Uint32Array, at: number): void {
  let c0 = counter[0] | 0;
  let c1 = counter[1] | 0;
  let c2 = counter[2] | 0;
  let c3 = counter[3] | 0;
  let k0 = key0 | 0;
  let k1 = key1 | 0;
  for (let round = 0; round < 10; round++) {
    // The multipliers M0 = d2511f53 and M1 = cd9e8d57; their halves are written out, which is a quarter faster.
    const low0 = Math.imul(0xd2511f53, c0);
    const low1 = Math.imul(0xcd9e8d57, c2);
    const high0 = multiplyHigh(0xd251, 0x1f53, c0);
    const high1 = multiplyHigh(0xcd9e, 0x8d57, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0; // the golden ratio
    k1 = (k1 + 0xbb67ae85) | 0; // √3 − 1
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}

/**
 * The words of 2·`pairs` consecutive counters, the first being `counter`, at `out[0 … 8·pairs − 1]`: as so many calls of `philox` would
 * write them. Of each pair neither waits for the other, so that a processor computes them side by side.
 */
export function philoxPairs(counter: Uint32Array, key0: number, key1: number, out: Uint32Array, pairs: number): void {
  let low = counter[0] | 0;
  let high = counter[1] | 0;
  for (let at = 0; at < 8 * pairs; at += 8) {
    let a0 = low;
    let a1 = high;
    let a2 = counter[2] | 0;
    let a3 = counter[3] | 0;
    low = (low + 1) | 0;
    if (low === 0) high = (high + 1) | 0;
    let b0 = low;
    let b1 = high;
    let b2 = a2;
    let b3 = a3;
    low = (low + 1) | 0;
    if (low === 0) high = (high + 1) | 0;
    let k0 = key0 | 0;
    let k1 = key1 | 0;
    for (let round = 0; round < 10; round++) {
      const lowA0 = Math.imul(0xd2511f53, a0);
      const lowA1 = Math.imul(0xcd9e8d57, a2);
      const lowB0 = Math.imul(0xd2511f53, b0);
      const lowB1 = Math.imul(0xcd9e8d57, b2);
      const highA0 = multiplyHigh(0xd251, 0x1f53, a0);
      const highA1 = multiplyHigh(0xcd9e, 0x8d57, a2);
      const highB0 = multiplyHigh(0xd251, 0x1f53, b0);
      const highB1 = multiplyHigh(0xcd9e, 0x8d57, b2);
      a0 = highA1 ^ a1 ^ k0;
      a1 = lowA1;
      a2 = highA0 ^ a3 ^ k1;
      a3 = lowA0;
      b0 = highB1 ^ b1 ^ k0;
      b1 = lowB1;
      b2 = highB0 ^ b3 ^ k1;
      b3 = lowB0;
      k0 = (k0 + 0x9e3779b9) | 0;
      k1 = (k1 + 0xbb67ae85) | 0;
    }
    out[at] = a0;
    out[at + 1] = a1;
    out[at + 2] = a2;
    out[at + 3] = a3;
    out[at + 4] = b0;
    out[at + 5] = b1;
    out[at + 6] = b2;
    out[at + 7] = b3;
  }
}

/** The upper 32 bits of the unsigned 64-bit product (aHigh·2^16 + aLow)·b: no partial sum passes 2^32. */
function multiplyHigh(aHigh: number, aLow: number, b: number): number {
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const other = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (other >>> 16)) | 0;
}
