// The service's own clock: a browser's may be set wrong.

let aheadMs = 0;

/** Takes the service's time, as it has just answered. */
export function setClock(time) {
  aheadMs = Date.parse(time) - Date.now();
}

/** Milliseconds since 1970 by the service's clock. */
export function nowMs() {
  return Date.now() + aheadMs;
}
