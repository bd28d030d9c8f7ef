// What is drawn now, what is chosen, and every step back and forth.
import { edges, kept, moved, placeOnEdge, snapped, type Point, type Size } from "./geometry";
import { freeName, isArea, isNamed, newId, renamed, type Keys, type Kind, type Picture, type Shape } from "./shapes";

export type Tool = "choose" | Kind;

const MAX_STEPS = 200;
const MIN_CORNERS = 3;

export class Editor {
  picture = $state.raw<Picture>({ shapes: [], movements: {}, ground: null });
  tool = $state<Tool>("choose");
  chosen = $state<number | null>(null);
  /** Which point of the chosen shape has the focus. */
  point = $state(0);
  /** The points of what is being drawn. */
  begun = $state.raw<readonly Point[]>([]);
  size = $state.raw<Size>({ width: 1280, height: 720 });
  /** Shapes that have changed since the page was opened, by their number: the newest last. */
  touched = $state.raw<readonly number[]>([]);
  #back = $state.raw<readonly Picture[]>([]);
  #forth = $state.raw<readonly Picture[]>([]);
  #before: Picture | null = null;

  readonly shape = $derived(this.picture.shapes.find(({ id }) => id === this.chosen) ?? null);

  get canUndo(): boolean {
    return this.#back.length > 0 || this.begun.length > 0;
  }
  get canRedo(): boolean {
    return this.#forth.length > 0;
  }

  /** Begins with a drawing; there is nothing to undo then. */
  open(picture: Picture): void {
    this.picture = picture;
    this.#back = this.#forth = [];
    this.touched = [];
    this.begun = [];
    this.chosen = null;
    this.tool = "choose";
  }

  /** Takes another picture over, as one step. */
  change(picture: Picture, touched: number | null = null): void {
    this.#back = [...this.#back, this.#before ?? this.picture].slice(-MAX_STEPS);
    this.#before = null;
    this.#forth = [];
    this.picture = picture;
    if (touched !== null) this.touched = [...this.touched.filter((id) => id !== touched), touched];
  }

  /** Changes on the way of a drag: the step is made by `settle`. */
  preview(shape: Shape): void {
    this.#before ??= this.picture;
    this.picture = { ...this.picture, shapes: this.picture.shapes.map((each) => (each.id === shape.id ? shape : each)) };
  }

  settle(id: number): void {
    if (this.#before !== null && this.#before !== this.picture) this.change(this.picture, id);
    this.#before = null;
  }

  undo(): void {
    if (this.begun.length > 0) {
      this.begun = this.begun.slice(0, -1);
      return;
    }
    const before = this.#back.at(-1);
    if (before === undefined) return;
    this.#forth = [...this.#forth, this.picture];
    this.#back = this.#back.slice(0, -1);
    this.#show(before);
  }

  redo(): void {
    const after = this.#forth.at(-1);
    if (after === undefined) return;
    this.#back = [...this.#back, this.picture];
    this.#forth = this.#forth.slice(0, -1);
    this.#show(after);
  }

  #show(picture: Picture): void {
    const known = new Map(this.picture.shapes.map((shape) => [shape.id, shape]));
    const differing = picture.shapes.filter((shape) => known.get(shape.id) !== shape).map(({ id }) => id);
    this.touched = [...this.touched.filter((id) => !differing.includes(id)), ...differing];
    this.picture = picture;
  }

  take(tool: Tool): void {
    this.tool = tool;
    this.begun = [];
    if (tool !== "choose") this.chosen = null;
  }

  choose(id: number | null, point = 0): void {
    this.chosen = id;
    this.point = point;
  }

  /** Puts a point of what is being drawn; a line is whole with two. */
  put(point: Point, word: string): void {
    if (this.tool === "choose") return;
    this.begun = [...this.begun, kept(point)];
    if (this.tool === "line" && this.begun.length === 2) this.finish(word);
  }

  /** Ends what is being drawn; false where it has too few points. */
  finish(word: string): boolean {
    if (this.tool === "choose" || this.begun.length < (this.tool === "line" ? 2 : MIN_CORNERS)) return false;
    this.add(this.tool, this.begun, word);
    return true;
  }

  /** Adds a shape, which is chosen then. */
  add(kind: Kind, points: readonly Point[], word: string): void {
    const name = isNamed(kind) ? freeName(word, this.picture.shapes) : "";
    const shape: Shape = { id: newId(), kind, name, points: points.map(kept), keys: {} };
    this.change({ ...this.picture, shapes: [...this.picture.shapes, shape] }, shape.id);
    this.take("choose");
    this.choose(shape.id);
  }

  /** Adds a shape in the middle of the picture, to be moved by keys or by numbers. */
  addInMiddle(kind: Kind, word: string): void {
    const square: Point[] = [[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]];
    this.add(kind, kind === "line" ? [[0.5, 0.35], [0.5, 0.65]] : square, word);
  }

  remove(id: number): void {
    this.change({ ...this.picture, shapes: this.picture.shapes.filter((shape) => shape.id !== id) });
    this.touched = this.touched.filter((each) => each !== id);
    if (this.chosen === id) this.choose(null);
  }

  rename(id: number, name: string): void {
    this.change(renamed(this.picture, id, name), id);
  }

  setKeys(id: number, keys: Keys): void {
    this.#set(id, (shape) => ({ ...shape, keys: Object.fromEntries(Object.entries({ ...shape.keys, ...keys }).filter(([, value]) => value !== undefined)) }));
  }

  /** Both ways of a line change places: its ends do, and what the ways are called stays with them. */
  turn(id: number): void {
    this.#set(id, (shape) => ({ ...shape, points: [...shape.points].reverse() }));
  }

  setPoint(id: number, at: number, point: Point): void {
    this.#set(id, (shape) => ({ ...shape, points: shape.points.map((each, number) => (number === at ? kept(point) : each)) }));
  }

  nudge(id: number, at: number, byPx: Point): void {
    const shape = this.picture.shapes.find((each) => each.id === id);
    const point = shape?.points[at];
    if (point !== undefined) this.setPoint(id, at, moved(point, byPx, this.size));
  }

  /** Puts a corner into the edge behind a point, or where somebody points at. */
  addCorner(id: number, at: number, where: Point | null = null): void {
    this.#set(id, (shape) => {
      if (!isArea(shape.kind)) return shape;
      const edge = edges(shape.points, true)[at]!;
      const place = where === null ? at + 1 : placeOnEdge(where, shape.points, true, this.size);
      const corner = kept(where ?? [(edge[0][0] + edge[1][0]) / 2, (edge[0][1] + edge[1][1]) / 2]);
      this.point = place;
      return { ...shape, points: [...shape.points.slice(0, place), corner, ...shape.points.slice(place)] };
    });
  }

  /** Takes a corner out; the whole shape where too few would be left. */
  removePoint(id: number, at: number): void {
    const shape = this.picture.shapes.find((each) => each.id === id);
    if (shape === undefined) return;
    if (!isArea(shape.kind) || shape.points.length <= MIN_CORNERS) this.remove(id);
    else this.#set(id, (each) => ({ ...each, points: each.points.filter((_, number) => number !== at) }));
    this.point = Math.max(0, Math.min(at, (this.shape?.points.length ?? 1) - 1));
  }

  setMovements(movements: Picture["movements"]): void {
    this.change({ ...this.picture, movements });
  }

  setGround(ground: Keys | null): void {
    this.change({ ...this.picture, ground });
  }

  /** The ground as its points are now; they have steps back of their own, so here it is none. */
  followGround(ground: Keys | null): void {
    const before = this.picture.ground;
    const follows = (picture: Picture): Picture => (picture.ground === before ? { ...picture, ground } : picture);
    this.#back = this.#back.map(follows);
    this.#forth = this.#forth.map(follows);
    this.picture = { ...this.picture, ground };
  }

  /** Where a point goes that is drawn or dragged near something else. */
  snapped(point: Point, withinPx: number, except: number | null): Point {
    const others = this.picture.shapes
      .filter(({ id }) => id !== except)
      .map(({ points, kind }) => ({ points, closed: isArea(kind) }));
    return kept(snapped(point, others, withinPx, this.size));
  }

  #set(id: number, make: (shape: Shape) => Shape): void {
    this.change({ ...this.picture, shapes: this.picture.shapes.map((shape) => (shape.id === id ? make(shape) : shape)) }, id);
  }
}
