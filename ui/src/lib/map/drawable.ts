// Whether this browser can draw a map; apart from the map itself, which is loaded only where it can.
export function canDrawMap(): boolean {
  return Boolean(document.createElement("canvas").getContext("webgl2"));
}
