// The pages and their addresses; each is loaded when it is first opened.
//
// The service answers each of them with index.html: `PAGES` in web/routes/pages.py lists the same addresses.
import type { Pages } from "./lib/address.svelte";

export const PAGES: Pages = {
  "/events": () => import("./pages/events/Page.svelte"),
  "/about": () => import("./pages/about/Page.svelte"),
  "/validate": () => import("./pages/validate/Page.svelte"),
  "/cameras/:camera/draw": () => import("./pages/draw/Page.svelte"),
};
