import { beforeAll, expect, test, vi } from "vitest";
import type { Pages } from "./address.svelte";

const load = () => Promise.reject(new Error("not loaded here"));
const PAGES: Pages = { "/": load, "/cameras/:camera": load, "/cameras/:camera/draw": load };
let pageOf: typeof import("./address.svelte").pageOf;

beforeAll(async () => {
  vi.stubGlobal("location", new URL("http://localhost/"));
  ({ pageOf } = await import("./address.svelte"));
});

test.each([
  ["/", {}],
  ["/cameras/north", { camera: "north" }],
  ["/cameras/north%20gate/draw", { camera: "north gate" }],
])("%s is a page", (path, held) => {
  expect(pageOf(PAGES, path)?.held).toEqual(held);
});

test.each(["/cameras", "/cameras/north/else", "/cameras/%", "/nowhere"])("%s is none", (path) => {
  expect(pageOf(PAGES, path)).toBeNull();
});
