// Today's values of one camera, looked up by place; and places in the picture. Nothing here touches the page.
import type { Schemas } from "../../lib/api/client";
import { ROAD_USERS, sum, type RoadUser } from "../../lib/road_users";
import type { Box } from "../../lib/view.svelte";

type Row = Schemas["TodayRow"];
type Point = readonly number[];
export type Direction = "forward" | "backward";

export interface Tally {
  /** Null where nothing is known. */
  total: number | null;
  /** The classes of which there were any, in their order. */
  users: readonly (readonly [RoadUser, number])[];
}

/** The values so far of the site's own day, as the event `values` brings them. */
export class Today {
  constructor(readonly rows: readonly Row[] = []) {}

  #of(series: string, quantity: Row["quantity"], direction: Direction | null = null): Row[] {
    return this.rows.filter((row) => row.series === series && row.quantity === quantity && (row.direction ?? null) === direction);
  }

  tally(series: string, quantity: Row["quantity"], direction: Direction | null = null): Tally {
    const rows = this.#of(series, quantity, direction).filter((row) => row.road_user !== null);
    const total = sum(rows.map((row) => row.value));
    const users = ROAD_USERS.map((user) => [user, rows.find((row) => row.road_user === user)?.value ?? 0] as const);
    return { total, users: users.filter(([, value]) => value > 0) };
  }

  /** One value: of everybody together where there is such a row, else of the only class that there is. */
  value(series: string, quantity: Row["quantity"]): number | null {
    const rows = this.#of(series, quantity);
    const row = rows.find((each) => each.road_user === null) ?? (rows.length === 1 ? rows[0] : undefined);
    return row?.value ?? null;
  }

  /** The least share of today that a place was watched; null before there is a row. */
  coverage(series: string): number | null {
    const shares = this.rows.filter((row) => row.series === series).map((row) => row.coverage);
    return shares.length === 0 ? null : Math.min(...shares);
  }

  /** The same for most places: the median. */
  get usualCoverage(): number | null {
    const shares = this.rows.map((row) => row.coverage).sort((one, other) => one - other);
    return shares[Math.floor((shares.length - 1) / 2)] ?? null;
  }

  /** Some was counted while the camera had moved and nobody had confirmed it. */
  get doubtful(): boolean {
    return this.rows.some((row) => !row.reliable);
  }
}

/** How many of the boxes stand in a zone: foot points in its polygon. */
export function standingIn(zone: { points: readonly Point[]; road_users: readonly string[] }, boxes: readonly Box[]): number {
  return boxes.filter(([left, , right, bottom, user]) => zone.road_users.includes(user) && inside(zone.points, (left + right) / 2, bottom)).length;
}

function inside(points: readonly Point[], x: number, y: number): boolean {
  let odd = false;
  points.forEach(([ax = 0, ay = 0], index) => {
    const [bx = 0, by = 0] = points.at(index - 1) ?? [];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  });
  return odd;
}

/** Degrees, clockwise from the right, of a line's way called forward: from its left-hand side to its right. */
export function forwardDegrees(points: readonly Point[], aspect: number): number {
  const [[ax = 0, ay = 0] = [], [bx = 0, by = 0] = []] = points;
  const [along, down] = [(bx - ax) * aspect, by - ay];
  return (Math.atan2(along, -down) * 180) / Math.PI;
}

/** The middle of some points. */
export function middleOf(points: readonly Point[]): readonly [number, number] {
  const mean = (axis: 0 | 1) => points.reduce((all, point) => all + (point[axis] ?? 0), 0) / Math.max(1, points.length);
  return [mean(0), mean(1)];
}

export interface Label { x: number; y: number; width: number; height: number }

/** Moves labels into the picture and off one another, downwards first; in pixels, in place. */
export function spread<L extends Label>(labels: readonly L[], width: number, height: number): readonly L[] {
  const hold = (at: number, size: number, most: number) => Math.max(2, Math.min(at, most - size - 2));
  const placed: L[] = [];
  for (const label of [...labels].sort((one, other) => one.y - other.y)) {
    label.x = hold(label.x, label.width, width);
    label.y = hold(label.y, label.height, height);
    const hit = (y: number) => placed.find((one) => label.x < one.x + one.width && one.x < label.x + label.width && y < one.y + one.height && one.y < y + label.height);
    const start = label.y;
    for (let found = hit(label.y); found; found = hit(label.y)) {
      label.y = found.y + found.height + 1;
      if (label.y + label.height > height) {
        label.y = start;
        for (let above = hit(label.y); above && label.y > 2; above = hit(label.y)) label.y = above.y - label.height - 1;
        label.y = Math.max(0, label.y);
        break;
      }
    }
    placed.push(label);
  }
  return labels;
}
