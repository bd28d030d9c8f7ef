// The points and distances of a calibration while they are collected; what is half done is kept, and not sent.
import type { Point } from "./geometry";
import type { Keys } from "./shapes";

export type Way = "metres" | "map" | "distances";
type Place = readonly [number | null, number | null];
export interface GroundPoint { readonly picture: Point; readonly place: Place }
export interface Distance { readonly from: Point; readonly to: Point | null; readonly metres: number | null }

/** One end of a distance, or a point: where it is drawn in the picture, and what is moved there. */
export interface End { readonly at: number; readonly end: "from" | "to"; readonly point: Point }
interface Mark { key: string; ends: readonly End[]; text: string; chosen: boolean }
interface Step { way: Way; points: readonly GroundPoint[]; distances: readonly Distance[]; chosen: number | null; changed: boolean }
const MAX_STEPS = 200;
const NO_PLACE: Place = [null, null];
const whole = (place: Place): place is readonly [number, number] => place[0] !== null && place[1] !== null;

export class Calibrating {
  way = $state<Way>("metres");
  points = $state.raw<readonly GroundPoint[]>([]);
  distances = $state.raw<readonly Distance[]>([]);
  chosen = $state<number | null>(null);
  /** It has been changed since it was read. */
  changed = $state(false);
  /** What was read: it holds until enough points are there again. */
  saved = $state.raw<Keys | null>(null);
  #back = $state.raw<readonly Step[]>([]);
  #forth = $state.raw<readonly Step[]>([]);
  /** A drag is one step back, however many places it goes through. */
  #held: "not" | "fresh" | "stepped" = "not";

  get canUndo(): boolean {
    return this.#back.length > 0;
  }
  get canRedo(): boolean {
    return this.#forth.length > 0;
  }

  undo(): void {
    const step = this.#back.at(-1);
    if (step === undefined) return;
    this.#forth = [...this.#forth, this.#now()];
    this.#back = this.#back.slice(0, -1);
    Object.assign(this, step);
  }

  redo(): void {
    const step = this.#forth.at(-1);
    if (step === undefined) return;
    this.#back = [...this.#back, this.#now()];
    this.#forth = this.#forth.slice(0, -1);
    Object.assign(this, step);
  }

  /** A drag begins; `settle` ends it. */
  hold(): void {
    this.#held = "fresh";
  }
  settle(): void {
    this.#held = "not";
  }

  #now(): Step {
    const { way, points, distances, chosen, changed } = this;
    return { way, points, distances, chosen, changed };
  }

  #step(): void {
    if (this.#held !== "stepped") this.#back = [...this.#back, this.#now()].slice(-MAX_STEPS);
    if (this.#held === "fresh") this.#held = "stepped";
    this.#forth = [];
    this.changed = true;
  }

  /** Takes over what is saved; there is nothing to undo then. */
  read(ground: Keys | null): void {
    this.saved = ground;
    this.#back = this.#forth = [];
    const points = (ground?.["points"] ?? []) as { picture: Point; metres: Place }[];
    const distances = (ground?.["distances"] ?? []) as { from: Point; to: Point; metres: number }[];
    if (distances.length > 0) this.way = "distances";
    else if (this.way === "distances" || points.length > 0) this.way = "metres";
    this.points = points.map(({ picture, metres }) => ({ picture, place: metres }));
    this.distances = distances;
    this.chosen = null;
    this.changed = false;
  }

  choose(way: Way): void {
    if (way === this.way) return;
    const { changed } = this;
    this.#step();
    const turned = way !== "distances" && this.way !== "distances";
    if (turned) this.points = this.points.map(({ picture }) => ({ picture, place: NO_PLACE }));
    this.changed = changed || (turned && this.points.length > 0);
    this.way = way;
    this.chosen = null;
  }

  /** A point of the picture: a new one, or the other end of a distance. */
  put(picture: Point): void {
    this.#step();
    if (this.way !== "distances") {
      this.points = [...this.points, { picture, place: NO_PLACE }];
      this.chosen = this.points.length - 1;
      return;
    }
    const last = this.distances.at(-1);
    if (last !== undefined && last.to === null) this.distances = [...this.distances.slice(0, -1), { ...last, to: picture }];
    else this.distances = [...this.distances, { from: picture, to: null, metres: null }];
    this.chosen = this.distances.length - 1;
  }

  setPicture(at: number, picture: Point): void {
    this.#point(at, (point) => ({ ...point, picture }));
  }

  /** Moves a mark of the picture. */
  setEnd({ at, end }: Pick<End, "at" | "end">, picture: Point): void {
    if (this.way === "distances") this.setDistance(at, { [end]: picture });
    else this.setPicture(at, picture);
  }

  setPlace(at: number, place: Place): void {
    this.#point(at, (point) => ({ ...point, place }));
  }

  setDistance(at: number, change: Partial<Distance>): void {
    this.#step();
    this.distances = this.distances.map((each, number) => (number === at ? { ...each, ...change } : each));
  }

  remove(at: number): void {
    this.#step();
    if (this.way === "distances") this.distances = this.distances.filter((_, number) => number !== at);
    else this.points = this.points.filter((_, number) => number !== at);
    this.chosen = null;
  }

  #point(at: number, make: (point: GroundPoint) => GroundPoint): void {
    this.#step();
    this.points = this.points.map((each, number) => (number === at ? make(each) : each));
  }

  /** Which of the points or distances are whole, by their place in the list. */
  get done(): readonly number[] {
    return this.way === "distances"
      ? this.distances.flatMap(({ to, metres }, at) => (to !== null && metres !== null ? [at] : []))
      : this.points.flatMap(({ place }, at) => (whole(place) ? [at] : []));
  }

  /** What is whole so far, as the API takes it; null for nothing. */
  keys(size: { width: number; height: number }): Keys | null {
    if (this.done.length === 0) return null;
    if (this.way === "distances") {
      return {
        distances: this.done.map((at) => this.distances[at]),
        picture_px: [Math.round(size.width), Math.round(size.height)],
      };
    }
    return { points: this.done.map((at) => ({ picture: this.points[at]!.picture, [this.way]: this.points[at]!.place })) };
  }

  /** What is drawn in the picture. */
  get marks(): Mark[] {
    const end = (at: number, which: End["end"], point: Point | null): End[] => (point === null ? [] : [{ at, end: which, point }]);
    if (this.way === "distances") {
      return this.distances.map(({ from, to, metres }, at) => ({
        key: `d${at}`, ends: [...end(at, "from", from), ...end(at, "to", to)], text: `${at + 1}${metres === null ? "" : `: ${metres} m`}`, chosen: at === this.chosen,
      }));
    }
    return this.points.map(({ picture }, at) => ({ key: `p${at}`, ends: end(at, "from", picture), text: String(at + 1), chosen: at === this.chosen }));
  }
}
