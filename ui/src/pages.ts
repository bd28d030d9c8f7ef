// The pages and their addresses; each is loaded when it is first opened.
//
// The service answers each of them with index.html: `PAGES` in web/routes/pages.py lists the same addresses.
import type { Pages } from "./lib/address.svelte";

export const PAGES: Pages = {
  "/": () => import("./pages/overview/Page.svelte"),
  "/cameras/:name": () => import("./pages/camera/Page.svelte"),
  "/events": () => import("./pages/events/Page.svelte"),
  "/about": () => import("./pages/about/Page.svelte"),
  "/camera-settings": () => import("./pages/camera_settings/Page.svelte"),
  "/validate": () => import("./pages/validate/Page.svelte"),
  "/cameras/:camera/draw": () => import("./pages/draw/Page.svelte"),
  "/governance": () => import("./pages/governance/Page.svelte"),
  "/governance/cases": () => import("./pages/governance/cases/Page.svelte"),
  "/governance/exports": () => import("./pages/governance/exports/Page.svelte"),
  "/governance/log": () => import("./pages/governance/access_log/Page.svelte"),
  "/governance/people": () => import("./pages/governance/people/Page.svelte"),
  "/governance/register": () => import("./pages/governance/register/Page.svelte"),
  "/governance/register/:camera": () => import("./pages/governance/register_camera/Page.svelte"),
  "/governance/retention": () => import("./pages/governance/retention/Page.svelte"),
  "/welcome": () => import("./pages/welcome/Page.svelte"),
  "/analysis": () => import("./pages/analysis/Page.svelte"),
};
