// Lets the page to count by hand be loaded anew without a network, and does nothing else: it keeps the application's page
// and the files of this one, never an answer of the API and never a picture. Built by ui/tally_worker.ts, which fills in:
const VERSION = "__VERSION__";
const FILES = __FILES__;

const PAGE = "/validate";
const OURS = "passerby-tally-";
const CACHE = OURS + VERSION;
/** A network that gives nothing for so long is none. */
const PATIENCE_MS = 6000;

self.addEventListener("install", (event) => {
  // All of them, or none: a page of which a part is missing is no page.
  const load = (cache) => cache.addAll([PAGE, ...FILES].map((path) => new Request(path, { cache: "no-cache" })));
  event.waitUntil(caches.open(CACHE).then(load).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => names.filter((name) => name.startsWith(OURS) && name !== CACHE);
  event.waitUntil(caches.keys().then((names) => Promise.all(old(names).map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(newest(request));
  else if (FILES.includes(pathname)) event.respondWith(kept(pathname).then((found) => found ?? fetch(request)));
});

function kept(path) {
  return caches.open(CACHE).then((cache) => cache.match(path));
}

/** The page as the service has it, so that an upgrade is taken at once; the kept one where the service is not reached. */
async function newest(request) {
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error("late")), PATIENCE_MS));
  try {
    return await Promise.race([fetch(request), late]);
  } catch (fault) {
    const page = await kept(PAGE);
    if (page === undefined) throw fault;
    return page;
  }
}
