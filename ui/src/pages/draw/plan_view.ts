// The arithmetic of the plan: places of a map as metres around one of them, what is in sight, and round lengths.

export type Metres = readonly [east: number, north: number];
export type Degrees = readonly [latitude: number, longitude: number];

/** What is in sight: the metres in the middle, and how many a pixel of the screen has. */
export interface View { readonly x: number; readonly y: number; readonly perPx: number }
export interface Pane { readonly width: number; readonly height: number }

const EARTH_M = 6_378_137;
/** Width of MapLibre's whole earth at zoom 0, in px. */
const WORLD_PX = 512;
const MAX_LATITUDE = 85;
const NEAREST = 0.005;
const FARTHEST = 50;
const ROUND = [1, 2, 5];

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const mercatorY = (latitude: number) => EARTH_M * Math.log(Math.tan(Math.PI / 4 + radians(Math.min(MAX_LATITUDE, Math.max(-MAX_LATITUDE, latitude))) / 2));

/** Returns a place as metres from another, in the projection of web maps, so that it lies where their tiles show it. */
export function toMetres([latitude, longitude]: Degrees, origin: Degrees): Metres {
  const scale = Math.cos(radians(origin[0]));
  const east = ((longitude - origin[1] + 540) % 360) - 180;
  return [EARTH_M * radians(east) * scale, (mercatorY(latitude) - mercatorY(origin[0])) * scale];
}

/** The other way round; to a ten-millionth of a degree, a centimetre. */
export function toDegrees([x, y]: Metres, origin: Degrees): Degrees {
  const scale = Math.cos(radians(origin[0]));
  const latitude = 2 * Math.atan(Math.exp((mercatorY(origin[0]) + y / scale) / EARTH_M)) - Math.PI / 2;
  const round = (degrees: number) => Math.round(degrees * 1e7) / 1e7;
  return [round((latitude * 180) / Math.PI), round(origin[1] + (x / scale / EARTH_M) * (180 / Math.PI))];
}

/** MapLibre's zoom at which a pixel has so many metres. */
export function zoomOf(perPx: number, origin: Degrees): number {
  return Math.log2((2 * Math.PI * EARTH_M * Math.cos(radians(origin[0]))) / (WORLD_PX * perPx));
}

/** A view that has all of these places in sight, with room around. */
export function around(places: readonly Metres[], { width, height }: Pane, atLeast = 40): View {
  if (places.length === 0) return { x: 0, y: 0, perPx: atLeast / Math.max(1, width) };
  const xs = places.map(([x]) => x), ys = places.map(([, y]) => y);
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const perPx = Math.max(((right - left) * 1.35) / Math.max(1, width), ((high - low) * 1.35) / Math.max(1, height), atLeast / Math.max(1, width));
  return { x: (left + right) / 2, y: (low + high) / 2, perPx: Math.min(FARTHEST, perPx) };
}

/** Nearer or farther, with what lies under a point of the pane staying there. */
export function zoomed(view: View, by: number, at: readonly [number, number], pane: Pane): View {
  const perPx = Math.min(FARTHEST, Math.max(NEAREST, view.perPx / by));
  const [x, y] = metresAt(at, view, pane);
  return { x: x - (at[0] - pane.width / 2) * perPx, y: y + (at[1] - pane.height / 2) * perPx, perPx };
}

export function metresAt([left, top]: readonly [number, number], view: View, { width, height }: Pane): Metres {
  return [view.x + (left - width / 2) * view.perPx, view.y - (top - height / 2) * view.perPx];
}

export function pxOf([x, y]: Metres, view: View, { width, height }: Pane): readonly [left: number, top: number] {
  return [width / 2 + (x - view.x) / view.perPx, height / 2 - (y - view.y) / view.perPx];
}

/** The smallest of 1, 2, 5, 10, ... that is not below a length. */
export function roundUp(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length));
  return (ROUND.find((each) => each * power >= length * (1 - 1e-9)) ?? 10) * power;
}

/** Where lines of a grid lie in a span. */
export function linesIn(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.max(0, Math.floor(to / step) - first + 1) }, (_, at) => (first + at) * step);
}
