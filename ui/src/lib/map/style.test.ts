import { expect, test } from "vitest";
import { linkOf } from "./credit";
import { layersOf, paletteOf } from "./style";

const from = (layers: ReturnType<typeof layersOf>) => layers.map((layer) => ("source-layer" in layer ? `${layer.type} ${layer["source-layer"]}` : layer.type));

test("streets lie over water, names over streets, whatever order the file has them in", () => {
  const layers = from(layersOf("base", ["roads", "places", "water", "earth"], paletteOf(false), false));
  expect(layers).toEqual(["fill earth", "fill water", "line water", "line roads", "line roads", "line roads", "symbol roads", "symbol places"]);
});

test("layers of another schema are drawn below, points of interest not at all", () => {
  const layers = from(layersOf("base", ["transportation", "poi", "parcels"], paletteOf(true), true));
  expect(layers).toEqual(["fill parcels", "line parcels", "line transportation", "line transportation", "line transportation"]);
});

test("a file that does not name its layers is drawn as the usual schemas, pictures as they are", () => {
  expect(from(layersOf("base", null, paletteOf(false), false))).toContain("fill buildings");
  expect(from(layersOf("base", "raster", paletteOf(false), false))).toEqual(["raster"]);
});

test("each layer has a name of its own, and light and dark differ", () => {
  const light = layersOf("base", null, paletteOf(false), false);
  expect(new Set(light.map(({ id }) => id)).size).toBe(light.length);
  expect(JSON.stringify(light)).not.toBe(JSON.stringify(layersOf("base", null, paletteOf(true), true)));
});

test("only links to the web are links", () => {
  expect(linkOf("https://www.openstreetmap.org/copyright")).toBe("https://www.openstreetmap.org/copyright");
  for (const other of ["javascript:alert(1)", "/log-in", "//host/x", "data:text/html,x", ""]) expect(linkOf(other)).toBeNull();
});
