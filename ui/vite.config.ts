import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { tallyWorker } from "./tally_worker.ts";

// The service serves `src/passerby/web/built` under /app, and its index.html at the address of every page.
export default defineConfig({
  base: "/app/",
  plugins: [svelte(), tallyWorker()],
  build: {
    outDir: "../src/passerby/web/built",
    emptyOutDir: true,
    target: "es2022",
    // Nothing inline: the content security policy lets no `data:` script or style in.
    assetsInlineLimit: 0,
    // The licences of what is built in.
    license: { fileName: "licences.md" },
    modulePreload: { polyfill: false },
    // The map's library is one large file, which is loaded only where a map is shown.
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
