// Times a step as torch_steps.py does, and ends early where one takes long.

/** Steps that are not counted, where they are short. */
const WARM_UP = 2;

/** Steps until `iterations` are counted or `seconds` are spent, at least one, be it the first; the fields of torch_steps.py. */
export async function timed({ step, iterations, seconds, batch, ...about }) {
  const times = [];
  const begun = performance.now();
  const spent = () => (performance.now() - begun) / 1000;
  for (let i = 0; times.length < Number(iterations); i++) {
    if (times.length > 0 && spent() > Number(seconds)) break;
    const start = performance.now();
    const loss = await step();
    if (!Number.isFinite(loss)) throw new Error(`step ${i + 1} gave ${loss}`);
    if (i >= WARM_UP || spent() > Number(seconds)) times.push(performance.now() - start);
  }
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const medianMs = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  const round = (value, digits) => Number(value.toFixed(digits));
  return {
    ...{ ...about, batch, medianMs: round(medianMs, 2), minMs: round(sorted[0], 2), iterations: times.length },
    imagesPerSecond: round((1000 * batch) / medianMs, 1),
    peakRssMiB: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}
