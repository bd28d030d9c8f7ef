// Where names stand in the picture, so that none lies over another.
export interface Label {
  key: string;
  /** Where it wants to stand: the middle of its height, and there the edge or the middle that `anchor` says. */
  x: number;
  y: number;
  anchor: "start" | "middle" | "end";
  width: number;
  height: number;
}
export interface Place { x: number; y: number }
interface Box { left: number; right: number; top: number; bottom: number }

/** Where a label is tried, in heights of its own: up and down, the nearest first. */
const STEPS = Array.from({ length: 25 }, (_, n) => (n % 2 === 0 ? -1 : 1) * Math.ceil(n / 2) * 0.5);
/** Between two labels: of the height of one above the other, and beside the other. */
const GAP = 0.1;
const GAP_BESIDE = 0.4;

/** Each label's place: its own where that is free, else the nearest free one above or below it; all stay in the picture. */
export function placed(labels: readonly Label[], width: number, height: number): ReadonlyMap<string, Place> {
  const taken: Box[] = [];
  const places = new Map<string, Place>();
  for (const label of labels) {
    const x = Math.min(Math.max(label.x, -boxOf(label, 0, 0).left), width - boxOf(label, 0, 0).right);
    let best = { over: Infinity, y: label.y, box: boxOf(label, x, label.y) };
    for (const step of STEPS) {
      const y = label.y + step * label.height;
      const box = boxOf(label, x, y);
      if (step !== 0 && (box.top < 0 || box.bottom > height)) continue;
      const over = taken.reduce((sum, other) => sum + overlap(box, other), 0);
      if (over < best.over) best = { over, y, box };
      if (over === 0) break;
    }
    taken.push(best.box);
    places.set(label.key, { x, y: best.y });
  }
  return places;
}

function boxOf({ anchor, width, height }: Label, x: number, y: number): Box {
  const left = anchor === "start" ? x : anchor === "end" ? x - width : x - width / 2;
  const half = height * (0.5 + GAP);
  return { left, right: left + width, top: y - half, bottom: y + half };
}

function overlap(one: Box, other: Box): number {
  const beside = GAP_BESIDE * (one.bottom - one.top);
  const across = Math.min(one.right, other.right) - Math.max(one.left, other.left) + beside;
  const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  return across > 0 && down > 0 ? across * down : 0;
}
