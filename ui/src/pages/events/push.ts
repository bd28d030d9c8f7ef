// Web push in this browser: whether it can be switched on, and what the service is given for it.
import { registered } from "../../lib/service_worker";

/** Where the worker lies that shows notices; it serves no page, so its own folder is scope enough. */
const WORKER = "/app/push-worker.js";

export type Possible = "yes" | "no_browser" | "denied" | "not_secure";

/** Whether this browser takes web push from this page. */
export function possible(): Possible {
  if (!isSecureContext) return "not_secure";
  if (!("serviceWorker" in navigator) || !("PushManager" in globalThis) || !("Notification" in globalThis)) return "no_browser";
  return Notification.permission === "denied" ? "denied" : "yes";
}

/** Returns the bytes of base64url. */
export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(base64url.length / 4) * 4, "="));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** Subscribes this browser; null where the person does not permit it. Throws where its push service does not answer. */
export async function subscribe(key: string): Promise<PushSubscriptionJSON | null> {
  if ((await Notification.requestPermission()) !== "granted") return null;
  const registration = await registered(WORKER);
  const kept = await registration.pushManager.getSubscription();
  // One that was made with another key of the service cannot be used any more.
  await kept?.unsubscribe();
  const made = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  return made.toJSON();
}

/** Ends it in this browser. */
export async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration(WORKER);
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
  await registration?.unregister();
}
