// Pictures painted shape by shape, each given by its signed distance (Inigo Quilez, "2D distance functions"), so that edges are smooth at any size.
// The picture is the unit square: (0, 0) its upper left corner, x to the right, y down; a shape's distance is negative inside.

/** The distance from (x, y) to a shape's edge, negative inside; never more than it is. */
export type Shape = (x: number, y: number) => number;

/** Red, green and blue, each from 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A colour, or one for each place. */
export type Ink = Colour | ((x: number, y: number) => Colour);

export interface Canvas {
  /** Width and height in pixels. */
  readonly size: number;
  /** [3, size, size] from 0 to 1. */
  readonly pixels: Float32Array;
}

/** A canvas covered with `ground`. */
export function canvas(size: number, ground: Ink): Canvas {
  const fresh = { size, pixels: new Float32Array(3 * size * size) };
  paint(fresh, () => -1, ground);
  return fresh;
}

/** Lays a shape over what is there: a pixel takes the ink by the share that the shape covers of it. */
export function paint({ size, pixels }: Canvas, shape: Shape, ink: Ink): void {
  const plane = size * size;
  for (let row = 0; row < size; row++) {
    const y = (row + 0.5) / size;
    for (let column = 0; column < size; column++) {
      const x = (column + 0.5) / size;
      const away = shape(x, y) * size; // in pixels
      const cover = Math.min(1, 0.5 - away); // an edge through the middle of the pixel covers half of it
      if (cover <= 0) {
        column += Math.floor(away - 0.5); // as far as no edge can be
        continue;
      }
      const colour = typeof ink === "function" ? ink(x, y) : ink;
      const at = row * size + column;
      for (let c = 0; c < 3; c++) pixels[c * plane + at] += cover * (colour[c] - pixels[c * plane + at]);
    }
  }
}

/** Writes the picture to `out` [channels, size, size] in [−1, 1]: 1 grey (BT.601), 3 RGB, 4 RGB and alpha, opaque. */
export function develop({ size, pixels }: Canvas, channels: 1 | 3 | 4, out: Float32Array): void {
  const plane = size * size;
  if (channels === 1) {
    for (let i = 0; i < plane; i++) {
      out[i] = scaled(0.299 * pixels[i] + 0.587 * pixels[plane + i] + 0.114 * pixels[2 * plane + i]);
    }
    return;
  }
  for (let i = 0; i < 3 * plane; i++) out[i] = scaled(pixels[i]);
  out.fill(1, 3 * plane);
}

/** [0, 1] → [−1, 1] */
function scaled(value: number): number {
  return Math.min(1, Math.max(-1, 2 * value - 1));
}

/** A colour from hue (a turn of the wheel is 1: red 0, green ⅓, blue ⅔), saturation and value, as HSV. */
export function hsv(hue: number, saturation: number, value: number): Colour {
  const channel = (offset: number) => {
    const k = (((offset + 6 * hue) % 6) + 6) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** The colour a share `t` of the way from one to another. */
export function blend(from: Colour, to: Colour, t: number): Colour {
  return [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]), from[2] + t * (to[2] - from[2])];
}

/** Stripes: how much of a pixel at `turns` lies in the second half of its turn, where a whole turn is `width` pixels wide. */
export function stripe(turns: number, width: number): number {
  const at = turns - Math.floor(turns);
  const cover = Math.min(1, 0.5 + width * Math.min(at, Math.abs(at - 0.5), 1 - at));
  return at < 0.5 ? 1 - cover : cover;
}

/** A disc about the origin. */
export function disc(radius: number): Shape {
  return (x, y) => Math.hypot(x, y) - radius;
}

/** An ellipse about the origin; its distance is right to first order (f/|∇f|), and short of the true one farther away. */
export function ellipse(radiusX: number, radiusY: number): Shape {
  return (x, y) => {
    const length = Math.hypot(x / radiusX, y / radiusY);
    const slope = Math.hypot(x / radiusX ** 2, y / radiusY ** 2);
    return slope === 0 ? -Math.min(radiusX, radiusY) : (length * (length - 1)) / slope;
  };
}

/** A rectangle about the origin, its corners rounded by `corner`. */
export function box(halfWidth: number, halfHeight: number, corner = 0): Shape {
  return (x, y) => {
    const dx = Math.abs(x) - halfWidth + corner;
    const dy = Math.abs(y) - halfHeight + corner;
    return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
  };
}

/** The inside of the closed line through the points (x0, y0), (x1, y1), …, given as [x0, y0, x1, y1, …]. */
export function polygon(points: readonly number[]): Shape {
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    let inside = false;
    for (let i = 0, j = points.length - 2; i < points.length; j = i, i += 2) {
      const [ax, ay, bx, by] = [points[j], points[j + 1], points[i], points[i + 1]];
      nearest = Math.min(nearest, squaredDistance(x - ax, y - ay, bx - ax, by - ay));
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside; // a ray to the right crosses this side
    }
    return inside ? -Math.sqrt(nearest) : Math.sqrt(nearest);
  };
}

/** A line with round ends, `width` wide, through points given as [x0, y0, x1, y1, …]. */
export function line(points: readonly number[], width: number): Shape {
  return (x, y) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = 2; i < points.length; i += 2) {
      const [ax, ay, bx, by] = [points[i - 2], points[i - 1], points[i], points[i + 1]];
      nearest = Math.min(nearest, squaredDistance(x - ax, y - ay, bx - ax, by - ay));
    }
    return Math.sqrt(nearest) - width / 2;
  };
}

/** From (x, y) to the piece from the origin to (dx, dy). */
function squaredDistance(x: number, y: number, dx: number, dy: number): number {
  const length = dx * dx + dy * dy;
  const along = length > 0 ? Math.min(1, Math.max(0, (x * dx + y * dy) / length)) : 0;
  return (x - along * dx) ** 2 + (y - along * dy) ** 2;
}

/** A star about the origin with its first point up; the notches lie at `inner` times the radius. */
export function star(points: number, radius: number, inner: number): Shape {
  const corners = Array.from({ length: 2 * points }, (_, k) => {
    const r = k % 2 === 0 ? radius : inner * radius;
    const angle = (Math.PI * k) / points;
    return [r * Math.sin(angle), -r * Math.cos(angle)];
  });
  return polygon(corners.flat());
}

/** A regular polygon about the origin with its first corner up. */
export function regular(corners: number, radius: number): Shape {
  return star(corners, radius, Math.cos(Math.PI / corners)); // its notches lie in the middle of its sides
}

/** The shape enlarged `scale` times, turned clockwise by `turn` radians, and moved so that its origin is at (x, y). */
export function placed(
  shape: Shape,
  { x: atX, y: atY, scale = 1, turn = 0 }: { x: number; y: number; scale?: number; turn?: number },
): Shape {
  const [cos, sin] = [Math.cos(turn) / scale, Math.sin(turn) / scale];
  return (x, y) => {
    const [dx, dy] = [x - atX, y - atY];
    return scale * shape(cos * dx + sin * dy, cos * dy - sin * dx);
  };
}

/** What lies in any of the shapes. */
export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => shapes.reduce((nearest, shape) => Math.min(nearest, shape(x, y)), Number.POSITIVE_INFINITY);
}

/** What lies in all of the shapes. */
export function common(...shapes: readonly Shape[]): Shape {
  return (x, y) => shapes.reduce((farthest, shape) => Math.max(farthest, shape(x, y)), Number.NEGATIVE_INFINITY);
}

/** What lies in `shape` and not in `hole`. */
export function without(shape: Shape, hole: Shape): Shape {
  return (x, y) => Math.max(shape(x, y), -hole(x, y));
}

/** A line of `width` along the shape's edge. */
export function outline(shape: Shape, width: number): Shape {
  return (x, y) => Math.abs(shape(x, y)) - width / 2;
}
