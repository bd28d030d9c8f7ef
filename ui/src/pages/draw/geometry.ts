// The arithmetic of drawing; points are x and y as 0-1 of the picture, lengths are its pixels.

export type Point = readonly [x: number, y: number];
export interface Size {
  readonly width: number;
  readonly height: number;
}

const DIGITS = 1e5;

/** A point no finer than a site file keeps it, inside the picture. */
export function kept([x, y]: Point): Point {
  const held = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * DIGITS) / DIGITS;
  return [held(x), held(y)];
}

export function moved([x, y]: Point, byPx: Point, size: Size): Point {
  return kept([x + byPx[0] / size.width, y + byPx[1] / size.height]);
}

export function middle(points: readonly Point[]): Point {
  const sum = points.reduce<Point>(([x, y], point) => [x + point[0], y + point[1]], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
}

export function distancePx(a: Point, b: Point, size: Size): number {
  return Math.hypot((a[0] - b[0]) * size.width, (a[1] - b[1]) * size.height);
}

/** The nearest point of a stroke. */
export function nearest(point: Point, [a, b]: readonly [Point, Point], size: Size): Point {
  const dx = (b[0] - a[0]) * size.width;
  const dy = (b[1] - a[1]) * size.height;
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((point[0] - a[0]) * size.width * dx + (point[1] - a[1]) * size.height * dy) / length;
  const share = Math.min(1, Math.max(0, along));
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
}

/** The strokes of an outline, closed where it is a polygon. */
export function edges(points: readonly Point[], closed: boolean): [Point, Point][] {
  const count = closed && points.length > 2 ? points.length : points.length - 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => [points[at]!, points[(at + 1) % points.length]!]);
}

/**
 * Where a point goes that is near something: to a point of another outline, or else to an edge of one, or else to the edge
 * of the picture.
 */
export function snapped(point: Point, others: readonly { points: readonly Point[]; closed: boolean }[], withinPx: number, size: Size): Point {
  const near = (candidates: readonly Point[]): Point | null => {
    const sorted = candidates
      .map((candidate) => ({ candidate, off: distancePx(point, candidate, size) }))
      .filter(({ off }) => off <= withinPx)
      .sort((a, b) => a.off - b.off);
    return sorted[0]?.candidate ?? null;
  };
  const corner = near(others.flatMap(({ points }) => points));
  if (corner !== null) return corner;
  const edge = near(others.flatMap(({ points, closed }) => edges(points, closed).map((each) => nearest(point, each, size))));
  if (edge !== null) return edge;
  const border = (value: number, pixels: number) => (value * pixels <= withinPx ? 0 : (1 - value) * pixels <= withinPx ? 1 : value);
  return [border(point[0], size.width), border(point[1], size.height)];
}

/**
 * Which way is forward over a line, as a step of one pixel: from the left hand to the right hand of someone who walks from
 * its first point to its second, in the picture.
 */
export function forward([a, b]: readonly [Point, Point], size: Size): Point {
  const dx = (b[0] - a[0]) * size.width;
  const dy = (b[1] - a[1]) * size.height;
  const length = Math.hypot(dx, dy) || 1;
  return [-dy / length, dx / length];
}

/** Where in an outline a point that lies on it is put: behind the point that its edge begins with. */
export function placeOnEdge(point: Point, points: readonly Point[], closed: boolean, size: Size): number {
  const off = edges(points, closed).map((edge) => distancePx(point, nearest(point, edge, size), size));
  return off.indexOf(Math.min(...off)) + 1;
}
