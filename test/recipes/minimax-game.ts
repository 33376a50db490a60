// The losses of the minimax game on the stage of conformance.ts: real samples with probabilities ½ and ¾, fakes with ½ and ¼.

export const game = {
  /** −½(ln ½ + ln ¾) − ½(ln(1 − ½) + ln(1 − ¼)) = ln 8⁄3 */
  discriminator: Math.log(8 / 3),
  /** −½(ln ½ + ln ¼) = ½ ln 8 */
  nonSaturating: Math.log(8) / 2,
  /** ½(ln(1 − ½) + ln(1 − ¼)) = −½ ln 8⁄3 */
  saturating: -Math.log(8 / 3) / 2,
};
