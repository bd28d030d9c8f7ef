// The site's own map, a PMTiles file that this service serves: its tiles, and how they are drawn in our colours.
import { addProtocol, setWorkerUrl, type LayerSpecification, type Map as Maplibre, type SourceSpecification } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { PMTiles, Protocol, TileType, type Header } from "pmtiles";
import { api, read } from "../api/client";
import { creditOf, type Credit } from "./credit";
import { layersOf, paletteOf } from "./style";

setWorkerUrl(workerUrl);
const SOURCE = "base";
const PATH = "/api/v1/map";

export interface Base {
  readonly source: SourceSpecification;
  readonly layers: readonly LayerSpecification[];
  /** Whose map it is. */
  readonly credit: readonly Credit[];
}

let protocol: Protocol | null = null;
let archive: PMTiles | null = null;

/** Opens the file: its header and what it says of itself. Throws an `Error` that says what is wrong with it. */
export async function openBase(): Promise<Base> {
  const url = new URL(PATH, location.origin).href;
  if (protocol === null) {
    protocol = new Protocol();
    addProtocol("pmtiles", protocol.tile);
  }
  archive ??= new PMTiles(url);
  protocol.add(archive);
  try {
    const [header, about] = [await archive.getHeader(), (await archive.getMetadata()) as Record<string, unknown> | null];
    return baseOf(header, about ?? {}, url, matchMedia("(prefers-color-scheme: dark)").matches);
  } catch (fault) {
    archive = null;
    await read(api.GET(PATH, { headers: { Range: "bytes=0-0" }, parseAs: "blob" })); // Where it is the service that refuses, it says why.
    throw fault;
  }
}

function baseOf(header: Header, about: Record<string, unknown>, url: string, dark: boolean): Base {
  const common = { tiles: [`pmtiles://${url}/{z}/{x}/{y}`], minzoom: header.minZoom, maxzoom: header.maxZoom };
  const wide = header.maxLon > header.minLon && header.maxLat > header.minLat;
  const bounds = wide ? { bounds: [header.minLon, header.minLat, header.maxLon, header.maxLat] as [number, number, number, number] } : {};
  const isVector = header.tileType === TileType.Mvt;
  const known = Array.isArray(about["vector_layers"]) ? (about["vector_layers"] as { id?: unknown }[]).map(({ id }) => String(id)) : null;
  return {
    source: isVector ? { type: "vector", ...common, ...bounds } : { type: "raster", tileSize: 256, ...common, ...bounds },
    layers: layersOf(SOURCE, isVector ? known : "raster", paletteOf(dark), dark),
    credit: creditOf(String(about["attribution"] ?? "")),
  };
}

/** Puts it into a map, below a layer of it. */
export function addBase(map: Maplibre, base: Base, below?: string): void {
  map.addSource(SOURCE, base.source);
  for (const layer of base.layers) map.addLayer(layer, below);
}
