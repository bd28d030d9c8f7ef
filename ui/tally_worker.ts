// Builds the worker of the page to count by hand: the files that this page needs, and a version made of their names.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const SOURCE = new URL("./src/pages/validate/tally_worker.js", import.meta.url);
const PAGE = "src/pages/validate/Page.svelte";

export function tallyWorker(): Plugin {
  return {
    name: "tally-worker",
    apply: "build",
    generateBundle(_, bundle) {
      const found = new Set<string>();
      const take = (name: string): void => {
        const chunk = bundle[name];
        if (chunk?.type !== "chunk" || found.has(name)) return;
        found.add(name);
        for (const sheet of chunk.viteMetadata?.importedCss ?? []) found.add(sheet);
        chunk.imports.forEach(take);
      };
      for (const [name, chunk] of Object.entries(bundle)) {
        if (chunk.type === "chunk" && (chunk.isEntry || chunk.facadeModuleId?.endsWith(PAGE))) take(name);
      }
      const files = [...found].sort().map((name) => `/app/${name}`);
      const version = createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 16);
      const source = readFileSync(SOURCE, "utf8").replace("__VERSION__", version).replace("__FILES__", JSON.stringify(files));
      this.emitFile({ type: "asset", fileName: "tally-worker.js", source });
    },
  };
}
