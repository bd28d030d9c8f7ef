// What is drawn, as a list of shapes, made from the API's drawing and made into it again.
import type { Schemas } from "../../lib/api/client";
import type { Point } from "./geometry";

export type Drawing = Schemas["DrawingBody"];
export type Keys = Record<string, unknown>;
export const KINDS = ["line", "zone", "mask", "look_closer"] as const;
export type Kind = (typeof KINDS)[number];

export interface Shape {
  /** Known to this page alone. */
  readonly id: number;
  readonly kind: Kind;
  /** Empty for what has none. */
  readonly name: string;
  readonly points: readonly Point[];
  /** All its other keys: `count`, `forward`, `backward`, `margin`. */
  readonly keys: Readonly<Keys>;
}

export interface Picture {
  readonly shapes: readonly Shape[];
  readonly movements: Readonly<Record<string, Keys>>;
  readonly ground: Keys | null;
}

let last = 0;
export const newId = (): number => ++last;
export const isArea = (kind: Kind): boolean => kind !== "line";
export const isNamed = (kind: Kind): boolean => kind === "line" || kind === "zone";

/** Where in a drawing the shapes of a kind are. */
export const PLACE: Record<Kind, "lines" | "zones" | "masks" | "look_closer"> = {
  line: "lines", zone: "zones", mask: "masks", look_closer: "look_closer",
};

export function pictureOf(drawing: Drawing): Picture {
  const named = (kind: Kind, entries: Record<string, Keys>) =>
    Object.entries(entries).map(([name, { points, ...keys }]) => ({ id: newId(), kind, name, points: points as Point[], keys }));
  const bare = (kind: Kind, outlines: readonly (readonly number[][])[]) =>
    outlines.map((points) => ({ id: newId(), kind, name: "", points: points as unknown as Point[], keys: {} }));
  return {
    shapes: [
      ...named("line", (drawing.lines ?? {}) as Record<string, Keys>),
      ...named("zone", (drawing.zones ?? {}) as Record<string, Keys>),
      ...bare("mask", drawing.masks ?? []),
      ...bare("look_closer", drawing.look_closer ?? []),
    ],
    movements: (drawing.movements ?? {}) as Record<string, Keys>,
    ground: (drawing.ground ?? null) as Keys | null,
  };
}

export function drawingOf({ shapes, movements, ground }: Picture): Drawing {
  const of = (kind: Kind) => shapes.filter((shape) => shape.kind === kind);
  const named = (kind: Kind) => Object.fromEntries(of(kind).map(({ name, points, keys }) => [name, { points, ...keys }]));
  const bare = (kind: Kind) => of(kind).map(({ points }) => points.map((point) => [...point]));
  return { lines: named("line"), zones: named("zone"), movements, masks: bare("mask"), look_closer: bare("look_closer"), ground } as Drawing;
}

/** A name that no shape has yet: `line 1`, `line 2`. */
export function freeName(word: string, shapes: readonly Shape[]): string {
  const taken = new Set(shapes.map(({ name }) => name));
  let number = 1;
  while (taken.has(`${word} ${number}`)) number += 1;
  return `${word} ${number}`;
}

/** Another name for a shape; movements that name a line go along. */
export function renamed(picture: Picture, id: number, name: string): Picture {
  const shape = picture.shapes.find((each) => each.id === id);
  if (shape === undefined) return picture;
  const end = (crossing: unknown) => ((crossing as Keys)?.["line"] === shape.name ? { ...(crossing as Keys), line: name } : crossing);
  const movements = shape.kind !== "line" ? picture.movements : Object.fromEntries(
    Object.entries(picture.movements).map(([key, movement]) => [key, { ...movement, from: end(movement["from"]), to: end(movement["to"]) }]),
  );
  return { ...picture, movements, shapes: picture.shapes.map((each) => (each.id === id ? { ...each, name } : each)) };
}

/** Whether a fault or a note of the API is about a shape. */
export function isAbout(where: string, shape: Shape, shapes: readonly Shape[]): boolean {
  const place = PLACE[shape.kind];
  if (isNamed(shape.kind)) {
    const shown = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_ -]*[\p{L}\p{N}_])?$/u.test(shape.name) ? shape.name : `'${shape.name}'`;
    return where === `${place}.${shown}` || where.startsWith(`${place}.${shown}.`);
  }
  const number = shapes.filter(({ kind }) => kind === shape.kind).findIndex(({ id }) => id === shape.id);
  return where === `${place}[${number}]` || where.startsWith(`${place}[${number}][`);
}
