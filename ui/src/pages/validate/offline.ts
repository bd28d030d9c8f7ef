// The worker that lets this page be loaded anew without a network; no other page registers it.

const WORKER = "/app/tally-worker.js";
const SCOPE = "/validate";

/** Registers it. Returns whether this page can be loaded anew without a network. */
export async function keepPage(): Promise<boolean> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return false;
  try {
    const registration = await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    if (worker === null) return false;
    await new Promise<void>((done) => {
      const changed = () => (worker.state === "activated" || worker.state === "redundant") && done();
      worker.addEventListener("statechange", changed);
      changed();
    });
    return worker.state === "activated" || registration.active !== null;
  } catch {
    return false; // No network, or a browser that forbids it: the count itself is kept all the same.
  }
}
