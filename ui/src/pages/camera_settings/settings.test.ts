import { expect, test } from "vitest";
import { changesOf, differences, type Row } from "./settings";

const row = (camera: string, changes: Partial<Row> = {}): Row => ({ camera, tag: `tag ${camera}`, analysed_fps: null, mode: null, groups: null, purposes: null, ...changes });
const ROWS = [row("north", { analysed_fps: 5, groups: ["centre"] }), row("south"), row("west")];

test("what is the same already, and cameras that are not chosen, do not change", () => {
  const found = differences(ROWS, new Set(["north", "south"]), { analysed_fps: 5, groups: null });
  expect(found).toEqual([
    { camera: "north", setting: "groups", before: ["centre"], after: null },
    { camera: "south", setting: "analysed_fps", before: null, after: 5 },
  ]);
  expect(changesOf(ROWS, found)).toEqual([
    { camera: "north", tag: "tag north", groups: null },
    { camera: "south", tag: "tag south", analysed_fps: 5 },
  ]);
  expect(changesOf(ROWS, found, "before")[0]).toEqual({ camera: "north", tag: "tag north", groups: ["centre"] });
});
