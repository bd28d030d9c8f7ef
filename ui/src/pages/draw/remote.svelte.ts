// What the service says of a drawing while it is made: its faults, its ground, and what crosses it now.
import { api, read, Refusal, type Schemas } from "../../lib/api/client";
import { sentenceOf } from "../../lib/faults";
import type { Picture, Shape, Drawing, Keys } from "./shapes";
import { isAbout } from "./shapes";

const CHECKED_AFTER_MS = 300;
const TRIED_AFTER_MS = 1500;
const ASKED_EVERY_MS = 1000;
/** Lines that are tried at once, and zones: as many as the service takes. */
const MAX_TRIED = 3;

class Later {
  #timer: ReturnType<typeof setTimeout> | undefined;
  after(ms: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(act, ms);
  }
  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** What is wrong with the drawing, and what is probably not meant. */
export class Check {
  state = $state.raw<Schemas["DrawingState"]>({ faults: [], notes: [] });
  #later = new Later();
  #latest = 0;

  of(camera: string, drawing: Drawing): void {
    this.#later.after(CHECKED_AFTER_MS, () => void this.#ask(camera, drawing));
  }

  async #ask(camera: string, body: Drawing): Promise<void> {
    const mine = ++this.#latest;
    try {
      const state = await read(api.POST("/api/v1/cameras/{camera}/drawing/check", { params: { path: { camera } }, body }));
      if (mine === this.#latest) this.state = state;
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault; // It is checked again with the next change, and when it is saved.
    }
  }

  stop(): void {
    this.#later.stop();
  }
}

/** The newest lines and zones, counted live since they were drawn. */
export class Trial {
  on = $state(true);
  state = $state.raw<Schemas["TrialState"] | null>(null);
  /** Why nothing is counted. */
  why = $state("");
  #later = new Later();
  #next = new Later();
  #sent = "";
  #ran = false;
  #turn = 0;

  of(camera: string, shapes: readonly Shape[], touched: readonly number[], faulty: boolean): void {
    const named = touched.map((id) => shapes.find((shape) => shape.id === id)).filter((shape) => shape !== undefined);
    const newest = (kind: "line" | "zone") => named.filter((shape) => shape.kind === kind).slice(-MAX_TRIED);
    const entries = (kind: "line" | "zone") => Object.fromEntries(newest(kind).map(({ name, points, keys }) => [name, { points, ...keys }]));
    const body = { lines: entries("line"), zones: entries("zone") };
    const text = JSON.stringify(body);
    if (text === this.#sent) return;
    this.#later.stop();
    if (!this.on || faulty || text === '{"lines":{},"zones":{}}') return;
    this.#later.after(TRIED_AFTER_MS, () => void this.#begin(camera, body as Keys, text));
  }

  async #begin(camera: string, body: Keys, text: string): Promise<void> {
    this.#sent = text;
    const turn = ++this.#turn;
    await this.#ask(camera, turn, async () => {
      const state = await read(api.POST("/api/v1/cameras/{camera}/trial", { params: { path: { camera } }, body: { ...body, seconds: 600 } as Schemas["DraftBody"] }));
      this.#ran = true;
      return state;
    });
    if (this.#sent === "") this.#end(camera); // It was stopped while this was on its way.
  }

  /** Shows the answer and asks again while it runs; of a trial that was stopped or replaced meanwhile it is dropped. */
  async #ask(camera: string, turn: number, ask: () => Promise<Schemas["TrialState"]>): Promise<void> {
    try {
      const state = await ask();
      if (turn !== this.#turn) return;
      this.state = state;
      this.why = "";
      if (state.running) this.#next.after(ASKED_EVERY_MS, () => void this.#ask(camera, turn, () => read(api.GET("/api/v1/cameras/{camera}/trial", { params: { path: { camera } } }))));
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      if (turn === this.#turn) this.why = sentenceOf(fault);
    }
  }

  /** Ends it, as no one looks any more. */
  stop(camera: string): void {
    this.#later.stop();
    this.#next.stop();
    this.#sent = "";
    this.#turn += 1;
    this.#end(camera);
    this.state = null;
  }

  #end(camera: string): void {
    if (this.#ran) void api.DELETE("/api/v1/cameras/{camera}/trial", { params: { path: { camera } } }).catch(() => undefined);
    this.#ran = false;
  }

  /** How many went over a line one way since it was drawn; null where it is not tried. */
  crossed(line: string, direction: "forward" | "backward"): number | null {
    if (this.state === null || !this.state.lines.includes(line) || this.state.time === null) return null;
    return this.state.counts.filter((row) => row.line === line && row.direction === direction).reduce((sum, { count }) => sum + count, 0);
  }

  /** How many are in a zone now; null where it is not tried. */
  inside(zone: string): number | null {
    if (this.state === null || !this.state.zones.includes(zone) || this.state.time === null) return null;
    return this.state.occupancy.filter((row) => row.zone === zone).reduce((sum, { count }) => sum + count, 0);
  }
}

/** The ground of the points or distances that there are so far. */
export class Ground {
  fit = $state.raw<Schemas["GroundRow"] | null>(null);
  why = $state("");
  #later = new Later();
  #latest = 0;

  of(camera: string, keys: Keys | null): void {
    const mine = ++this.#latest;
    if (keys === null) {
      this.#later.stop();
      this.fit = null;
      this.why = "";
      return;
    }
    this.#later.after(CHECKED_AFTER_MS, () => void this.#ask(camera, keys, mine));
  }

  async #ask(camera: string, body: Keys, mine: number): Promise<void> {
    try {
      const fit = await read(api.POST("/api/v1/cameras/{camera}/calibration", { params: { path: { camera } }, body: body as Schemas["Calibration"] }));
      if (mine !== this.#latest) return;
      this.fit = fit;
      this.why = "";
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      if (mine !== this.#latest) return;
      this.fit = null;
      const faults = (fault.problem as Schemas["Problem"] | null)?.faults ?? [];
      this.why = faults.map(({ where, what }) => [where.replace(/^body\.?/, ""), what].filter(Boolean).join(": ")).join("; ") || sentenceOf(fault);
    }
  }

  stop(): void {
    this.#later.stop();
  }
}

/** The faults of a shape, in words. */
export function faultsOf(shape: Shape, picture: Picture, faults: readonly Schemas["DrawingFault"][]): string[] {
  return faults.filter(({ where }) => isAbout(where, shape, picture.shapes)).map(({ where, what }) => {
    const point = /points\[(\d+)\]$|\]\[(\d+)\]$/.exec(where);
    return point === null ? what : `${Number(point[1] ?? point[2]) + 1}: ${what}`;
  });
}

/** Faults that are about no shape. */
export function otherFaults(picture: Picture, faults: readonly Schemas["DrawingFault"][]): Schemas["DrawingFault"][] {
  return faults.filter(({ where }) => !picture.shapes.some((shape) => isAbout(where, shape, picture.shapes)));
}

