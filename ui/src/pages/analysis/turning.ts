// Movements from one line over another as a table, and where their ribbons run in the diagram.
import { startsOf, totalOf, type SeriesPage, type Total } from "./columns";

export interface Movement {
  readonly name: string;
  readonly entry_line: string;
  readonly exit_line: string;
}

export interface TurningTable {
  /** The lines that are entered or left by, in the order of the site file. */
  readonly lines: readonly string[];
  /** From a line (row) to a line (column); null where no movement is measured between them. */
  readonly cells: readonly (readonly (Total | null)[])[];
  /** The sums of rows and columns; null where nothing of them is known. */
  readonly from: readonly (number | null)[];
  readonly to: readonly (number | null)[];
  /** The least coverage of all movements. */
  readonly coverage: number;
}

/** Returns the movements of one camera; two movements between the same lines are added up. */
export function turningOf(page: SeriesPage, camera: string, movements: readonly Movement[], lineNames: readonly string[]): TurningTable {
  const starts = startsOf(page);
  const lines = lineNames.filter((name) => movements.some((one) => one.entry_line === name || one.exit_line === name));
  const none: Total = { value: null, coverage: 0 };
  const cells = lines.map((from) =>
    lines.map((to) => {
      const between = movements.filter((one) => one.entry_line === from && one.exit_line === to);
      if (between.length === 0) return null;
      return between
        .map((one) => page.rows.find((row) => row.camera === camera && row.series === one.name))
        .map((row) => (row === undefined ? none : totalOf(row, starts, page.now_s)))
        .reduce((sum, each) => ({ value: add(sum.value, each.value), coverage: Math.min(sum.coverage, each.coverage) }));
    }),
  );
  const every = cells.flat().filter((cell) => cell !== null);
  return {
    lines,
    cells,
    from: cells.map((row) => known(row)),
    to: lines.map((_, column) => known(cells.map((row) => row[column] ?? null))),
    coverage: every.length === 0 ? 0 : Math.min(...every.map((cell) => cell.coverage)),
  };
}

function add(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : one + other;
}

function known(cells: readonly (Total | null)[]): number | null {
  const values = cells.map((cell) => cell?.value ?? null).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

const MIN_APART = 0.45;

/** Returns where lines stand on a circle, by where they lie in the picture: angles in radians, clockwise from the right. */
export function anglesOf(middles: readonly Point[]): number[] {
  if (middles.length === 0) return [];
  const centre = { x: mean(middles.map((one) => one.x)), y: mean(middles.map((one) => one.y)) };
  const wanted = middles.map((one) => Math.atan2(one.y - centre.y, one.x - centre.x));
  // Lines that lie behind each other would share a place: they keep their order, and stand apart.
  const order = wanted.map((_, at) => at).sort((one, other) => (wanted[one] as number) - (wanted[other] as number));
  const apart = Math.min(MIN_APART, (2 * Math.PI) / middles.length);
  const angles = [...wanted];
  for (let place = 1; place < order.length; place += 1) {
    const [before, here] = [order[place - 1] as number, order[place] as number];
    angles[here] = Math.max(angles[here] as number, (angles[before] as number) + apart);
  }
  const [first, last] = [order[0] as number, order.at(-1) as number];
  const over = (angles[last] as number) + apart - ((angles[first] as number) + 2 * Math.PI);
  return over > 0 && order.length > 1 ? evenly(order) : angles;
}

function evenly(order: readonly number[]): number[] {
  const angles: number[] = [];
  order.forEach((at, place) => (angles[at] = (2 * Math.PI * place) / order.length));
  return angles;
}

export interface Ribbon {
  readonly from: number;
  readonly to: number;
  readonly value: number;
  readonly path: string;
  readonly width: number;
  /** The three corners of its arrow. */
  readonly arrow: string;
  readonly label: Point;
}

const RADIUS = 180;
const GAP = 0.07;
const APART = 0.125;
const MAX_WIDTH = 22;

/** Returns the ribbons of known movements, the widest first, around (0, 0).
 *
 * At each line those that enter stand on one side and those that leave on the other, side by side in the order in which
 * their other ends follow each other around the circle, so that they cross as little as they can.
 */
export function ribbonsOf(table: TurningTable, angles: readonly number[]): Ribbon[] {
  const known = table.cells.flatMap((row, from) => row.map((cell, to) => ({ from, to, value: cell?.value ?? 0 }))).filter((one) => one.value > 0);
  const highest = Math.max(1, ...known.map((one) => one.value));
  const turn = (here: number, there: number) => (((angles[there] as number) - (angles[here] as number)) % TURN + TURN) % TURN;
  const rank = (one: (typeof known)[number], at: "from" | "to", other: "from" | "to") => {
    const beside = known.filter((each) => each[at] === one[at]).sort((a, b) => turn(b[at], b[other]) - turn(a[at], a[other]));
    return beside.indexOf(one);
  };
  return known
    .map((one) => {
      const { from, to, value } = one;
      const width = Math.max(2, (MAX_WIDTH * value) / highest);
      const place = rank(one, "from", "to");
      const start = on((angles[from] as number) + GAP + APART * place, RADIUS);
      const tipAngle = (angles[to] as number) - GAP - APART * (known.filter((each) => each.to === to).length - 1 - rank(one, "to", "from"));
      const tip = on(tipAngle, RADIUS);
      // A turn back goes round a point in front of its line, every other one past the middle.
      const bend = from === to ? on(angles[from] as number, 40) : { x: 0.12 * (start.x + tip.x), y: 0.12 * (start.y + tip.y) };
      const { end, corners } = arrowAt(bend, tip, width);
      return { from, to, value, width, path: `M${text(start)} Q${text(bend)} ${text(end)}`, arrow: corners.map(text).join(" "), label: curve(start, bend, end, 0.07 + 0.14 * place) };
    })
    .sort((one, other) => other.width - one.width);
}

const TURN = 2 * Math.PI;

/** Returns where a ribbon ends that comes from a point to a tip, and the corners of the arrow from there on. */
function arrowAt(from: Point, tip: Point, width: number): { end: Point; corners: Point[] } {
  const length = Math.hypot(tip.x - from.x, tip.y - from.y) || 1;
  const along = { x: (tip.x - from.x) / length, y: (tip.y - from.y) / length };
  const long = 8 + width * 0.6;
  const half = 4 + width * 0.75;
  const end = { x: tip.x - along.x * long, y: tip.y - along.y * long };
  const side = (sign: number) => ({ x: end.x - sign * along.y * half, y: end.y + sign * along.x * half });
  return { end, corners: [side(1), tip, side(-1)] };
}

export function on(angle: number, radius: number): Point {
  return { x: radius * Math.cos(angle), y: radius * Math.sin(angle) };
}

function curve(start: Point, bend: Point, end: Point, part: number): Point {
  const rest = 1 - part;
  const along = (axis: "x" | "y") => rest * rest * start[axis] + 2 * rest * part * bend[axis] + part * part * end[axis];
  return { x: along("x"), y: along("y") };
}

function text(point: Point): string {
  return `${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
