// A quiet net of meridians and parallels for a map without tiles: it shows direction and size, and asks nobody.
import type { FeatureCollection, LineString } from "geojson";

export interface Bounds { west: number; south: number; east: number; north: number }

const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30];
const LINES = 8;

/** Degrees between two lines, so that some eight cross the map. */
export function stepOf(span: number): number {
  return STEPS.find((step) => span / step <= LINES) ?? 30;
}

/** The lines of a part of the earth, a little farther than its edges. */
export function graticule({ west, south, east, north }: Bounds): FeatureCollection<LineString> {
  const step = stepOf(Math.max(east - west, north - south));
  const lines: [number, number][][] = [];
  const [left, right] = [Math.max(-180, west - step), Math.min(180, east + step)];
  const [bottom, top] = [Math.max(-85, south - step), Math.min(85, north + step)];
  for (let at = Math.ceil(left / step); at * step <= right; at += 1) lines.push([[at * step, bottom], [at * step, top]]);
  for (let at = Math.ceil(bottom / step); at * step <= top; at += 1) lines.push([[left, at * step], [right, at * step]]);
  return { type: "FeatureCollection", features: lines.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates } })) };
}
