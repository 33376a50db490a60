// A round pen on paper: strokes as smooth curves through points, inked where a pixel is nearer to the curve than the pen's radius.

/** A curve flattened to straight pieces: x, y and pen radius of each vertex. */
export interface Stroke {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly radius: Float64Array;
}

/** Pieces to each span between two points. */
const PIECES = 6;

/**
 * The Catmull–Rom spline (1974) through `points`, flattened: between p1 and p2, with neighbours p0 and p3,
 * p(t) = p1 + ½t((p2 − p0) + t((2p0 − 5p1 + 4p2 − p3) + t(3(p1 − p2) + p3 − p0))). A point given twice makes a corner.
 */
export function flatten(points: readonly (readonly [x: number, y: number])[]): { x: Float64Array; y: Float64Array } {
  const spans = points.length - 1;
  const x = new Float64Array(spans * PIECES + 1);
  const y = new Float64Array(spans * PIECES + 1);
  for (let span = 0; span < spans; span++) {
    const p1 = points[span];
    const p2 = points[span + 1];
    const p0 = points[Math.max(span - 1, 0)];
    const p3 = points[Math.min(span + 2, spans)];
    for (let piece = 0; piece < PIECES; piece++) {
      x[span * PIECES + piece] = catmullRom(p0[0], p1[0], p2[0], p3[0], piece / PIECES);
      y[span * PIECES + piece] = catmullRom(p0[1], p1[1], p2[1], p3[1], piece / PIECES);
    }
  }
  x[spans * PIECES] = points[spans][0];
  y[spans * PIECES] = points[spans][1];
  return { x, y };
}

function catmullRom(p0: number, p1: number, p2: number, p3: number, t: number): number {
  return p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
}

/**
 * Inks strokes on a dark square: `out` [size, size] becomes 0 … 1, 1 under the pen and fading to 0 over `softness` pixels
 * across its edge. Coordinates are in pixels, (0, 0) the corner of the first pixel.
 */
export function ink(strokes: readonly Stroke[], size: number, softness: number, out: Float32Array): void {
  out.fill(Number.POSITIVE_INFINITY); // first the distance to the nearest edge of the pen's track, negative inside
  for (const { x, y, radius } of strokes) {
    for (let i = 0; i + 1 < x.length; i++) {
      const dx = x[i + 1] - x[i];
      const dy = y[i + 1] - y[i];
      const lengthSquared = dx * dx + dy * dy;
      const perLength = lengthSquared > 0 ? 1 / lengthSquared : 0;
      const reach = Math.max(radius[i], radius[i + 1]) + softness;
      const left = Math.max(0, Math.floor(Math.min(x[i], x[i + 1]) - reach));
      const right = Math.min(size - 1, Math.ceil(Math.max(x[i], x[i + 1]) + reach));
      const top = Math.max(0, Math.floor(Math.min(y[i], y[i + 1]) - reach));
      const bottom = Math.min(size - 1, Math.ceil(Math.max(y[i], y[i + 1]) + reach));
      for (let row = top; row <= bottom; row++) {
        const fromY = row + 0.5 - y[i];
        for (let column = left; column <= right; column++) {
          const fromX = column + 0.5 - x[i];
          const along = Math.min(1, Math.max(0, (fromX * dx + fromY * dy) * perLength));
          const awayX = fromX - along * dx;
          const awayY = fromY - along * dy;
          const pen = radius[i] + along * (radius[i + 1] - radius[i]);
          const distance = Math.sqrt(awayX * awayX + awayY * awayY) - pen;
          const at = row * size + column;
          if (distance < out[at]) out[at] = distance;
        }
      }
    }
  }
  for (let i = 0; i < out.length; i++) out[i] = Math.min(1, Math.max(0, 0.5 - out[i] / softness));
}
