// The anonymous picture to draw on: asked for until the place has been learned.
import { api, read, Refusal } from "../../lib/api/client";
import { sentenceOf } from "../../lib/faults";
import type { Editor } from "./editor.svelte";

const AGAIN_MS = 500;
/** The service waits for a while before it says that the place is not learned: so long one waits without a word. */
const SAID_AFTER_MS = 2000;

export class Still {
  /** Address of the picture; empty where there is none. */
  source = $state("");
  needsPurpose = $state(false);
  learning = $state(false);
  why = $state("");
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  async load(camera: string, editor: Editor): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#over) return;
    if (!this.learning) this.why = "";
    this.needsPurpose = false;
    const late = setTimeout(() => (this.learning ||= this.source === "" && !this.#over), SAID_AFTER_MS);
    try {
      // The description names no type for pictures.
      const found = (await read(api.GET("/api/v1/cameras/{camera}/place", { params: { path: { camera } }, parseAs: "blob" }))) as unknown as Blob;
      if (!this.#over) await this.#show(found, editor);
    } catch (fault) {
      if (!(fault instanceof Refusal)) throw fault;
      if (this.#over) return;
      this.needsPurpose = fault.code === "purpose-needed";
      this.learning = fault.code === "place-not-learned";
      if (this.learning) this.why = fault.message;
      else if (!this.needsPurpose) this.why = sentenceOf(fault);
      if (this.learning) this.#timer = setTimeout(() => void this.load(camera, editor), AGAIN_MS);
    } finally {
      clearTimeout(late);
    }
  }

  async #show(blob: Blob, editor: Editor): Promise<void> {
    const source = URL.createObjectURL(blob);
    const picture = new Image();
    picture.src = source;
    await picture.decode();
    if (this.#over) return URL.revokeObjectURL(source);
    if (this.source !== "") URL.revokeObjectURL(this.source);
    editor.size = { width: picture.naturalWidth, height: picture.naturalHeight };
    this.source = source;
    this.learning = false;
    this.why = "";
  }

  stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    if (this.source !== "") URL.revokeObjectURL(this.source);
  }
}
