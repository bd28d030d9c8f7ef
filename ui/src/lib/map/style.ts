// The site's map in our own colours: what each layer of the two usual schemas is, and how it is drawn, light and dark.
import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";

export interface Palette { land: string; water: string; green: string; building: string; street: string; path: string; border: string; ink: string; halo: string }

const LIGHT: Palette = { land: "#faf9f5", water: "#c9dde8", green: "#e3ecd9", building: "#ebe7de", street: "#d3cec2", path: "#dfdacf", border: "#a9a398", ink: "#525e6b", halo: "#faf9f5" };
const DARK: Palette = { land: "#1d252d", water: "#16303f", green: "#1f2f2a", building: "#28313a", street: "#3d4854", path: "#323c46", border: "#5a6672", ink: "#a5b0bb", halo: "#11161c" };

export function paletteOf(dark: boolean): Palette {
  return dark ? DARK : LIGHT;
}

type Role = "land" | "green" | "water" | "building" | "street" | "border" | "street_name" | "place" | "unused";

/** Layers of Protomaps and of OpenMapTiles. */
const ROLES: Readonly<Record<string, readonly Role[]>> = {
  earth: ["land"], landcover: ["green"], landuse: ["green"], natural: ["green"], park: ["green"], water: ["water"], waterway: ["water"],
  buildings: ["building"], building: ["building"], roads: ["street", "street_name"], transportation: ["street"], transit: ["street"],
  transportation_name: ["street_name"], boundaries: ["border"], boundary: ["border"], places: ["place"], place: ["place"],
  pois: ["unused"], poi: ["unused"], housenumber: ["unused"], mountain_peak: ["unused"], water_name: ["unused"], aeroway: ["unused"],
  aerodrome_label: ["unused"], physical_point: ["unused"], physical_line: ["unused"],
};
/** From below to above. */
const ORDER: readonly Role[] = ["land", "green", "water", "building", "street", "border", "street_name", "place"];

const KIND: ExpressionSpecification = ["coalesce", ["get", "kind"], ["get", "class"], ""];
const NAME: ExpressionSpecification = ["coalesce", ["get", "name"], ["get", "name:latin"], ""];
const GREEN = [
  "park", "wood", "forest", "grass", "grassland", "meadow", "scrub", "cemetery", "nature_reserve", "garden", "pitch", "golf_course",
  "recreation_ground", "village_green", "allotments", "orchard", "national_park", "playground", "protected_area", "zoo",
];
const WIDE = ["highway", "motorway", "trunk", "primary", "secondary", "tertiary", "major_road", "medium_road"];
const NARROW = ["path", "track", "footway", "cycleway", "pedestrian", "rail", "ferry", "transit", "other"];

const byShape = (shape: string): ExpressionSpecification => ["==", ["geometry-type"], shape];

/** Returns the layers that a file is drawn with; `known` are its own layers, null where it does not say, or pictures. */
export function layersOf(source: string, known: readonly string[] | null | "raster", colours: Palette, dark: boolean): LayerSpecification[] {
  if (known === "raster") {
    const paint = dark ? { "raster-saturation": -0.5, "raster-brightness-max": 0.55 } : { "raster-saturation": -0.35, "raster-opacity": 0.85 };
    return [{ id: "base-picture", type: "raster", source, paint }];
  }
  const ids = known ?? Object.keys(ROLES);
  const others = ids.filter((id) => ROLES[id] === undefined);
  return [
    ...others.flatMap((id) => otherLayers(source, id, colours)),
    ...ORDER.flatMap((role) => ids.filter((id) => ROLES[id]?.includes(role)).flatMap((id) => layersFor(role, source, id, colours))),
  ];
}

/** A layer of a schema that is not known: quiet areas and lines. */
function otherLayers(source: string, id: string, { building, street }: Palette): LayerSpecification[] {
  const from = { source, "source-layer": id };
  return [
    { id: `base-area-${id}`, type: "fill", ...from, filter: byShape("Polygon"), paint: { "fill-color": building, "fill-opacity": 0.6 } },
    { id: `base-line-${id}`, type: "line", ...from, filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": street, "line-width": 1 } },
  ];
}

function layersFor(role: Role, source: string, id: string, colours: Palette): LayerSpecification[] {
  const from = { source, "source-layer": id };
  const area = (colour: string, filter: FilterSpecification, minzoom = 0): LayerSpecification => ({ id: `base-${role}-${id}`, type: "fill", minzoom, ...from, filter, paint: { "fill-color": colour } });
  switch (role) {
    case "land": return [area(colours.land, byShape("Polygon"))];
    case "green": return [area(colours.green, id === "park" ? byShape("Polygon") : ["all", byShape("Polygon"), ["in", KIND, ["literal", GREEN]]])];
    case "water": return [
      area(colours.water, byShape("Polygon")),
      { id: `base-stream-${id}`, type: "line", ...from, filter: byShape("LineString"), paint: { "line-color": colours.water, "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 10, 0.6, 18, 6] } },
    ];
    case "building": return [area(colours.building, byShape("Polygon"), 13)];
    case "street": return streets(from, id, colours);
    case "border": return [{ id: `base-border-${id}`, type: "line", ...from, paint: { "line-color": colours.border, "line-width": 0.8, "line-dasharray": [4, 3] } }];
    case "street_name": return [{
      id: `base-street-name-${id}`, type: "symbol", minzoom: 14, ...from, filter: byShape("LineString"),
      layout: { "symbol-placement": "line", "text-field": NAME, "text-font": ["sans-serif"], "text-size": 11, "text-max-angle": 35, "symbol-spacing": 320 },
      paint: { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.4 },
    }];
    case "place": return [{
      id: `base-place-${id}`, type: "symbol", ...from, maxzoom: 16,
      layout: { "text-field": NAME, "text-font": ["sans-serif"], "text-size": 12, "text-padding": 14, "symbol-sort-key": ["-", 0, ["coalesce", ["get", "population_rank"], 0]] },
      paint: { "text-color": colours.ink, "text-halo-color": colours.halo, "text-halo-width": 1.6 },
    }];
    case "unused": return [];
  }
}

function streets(from: { source: string; "source-layer": string }, id: string, { street, path }: Palette): LayerSpecification[] {
  const width = (near: number): ExpressionSpecification => ["interpolate", ["exponential", 1.6], ["zoom"], 8, 0.4, 13, near / 5, 18, near * 2];
  const line = (name: string, filter: FilterSpecification, colour: string, near: number, minzoom: number): LayerSpecification => ({
    id: `base-${name}-${id}`, type: "line", minzoom, ...from, filter, layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": colour, "line-width": width(near) },
  });
  const lines = byShape("LineString");
  const kindIn = (kinds: readonly string[]): ExpressionSpecification => ["in", KIND, ["literal", [...kinds]]];
  return [
    line("path", ["all", lines, kindIn(NARROW)], path, 2, 14),
    line("street", ["all", lines, ["!", kindIn([...NARROW, ...WIDE])]], street, 5, 12),
    line("road", ["all", lines, kindIn(WIDE)], street, 9, 0),
  ];
}
