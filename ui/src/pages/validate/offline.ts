// The worker that lets this page be loaded anew without a network; no other page registers it.
import { registered } from "../../lib/service_worker";

const WORKER = "/app/tally-worker.js";
const SCOPE = "/validate";

/** Registers it. Returns whether this page can be loaded anew without a network. */
export async function keepPage(): Promise<boolean> {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return false;
  try {
    await registered(WORKER, { scope: SCOPE });
    return true;
  } catch {
    return false; // No network, or a browser that forbids it: the count itself is kept all the same.
  }
}
