// Asking the API: one client with the types of its description, and one error for every way in which it can fail.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";
import { session } from "../session.svelte";
import { Sending } from "./sending";

export type Schemas = components["schemas"];

/** An answer that is none. `status` is 0 where the server did not answer; `message` may be shown. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly code = "",
    /** The whole problem document, as the API gives it. */
    readonly problem: unknown = null,
  ) {
    super(message);
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

const sending = new Sending({ slow: (count) => session.takesLong(count > 0) });
const SAFE = ["GET", "HEAD"];

const client = createClient<paths>({
  baseUrl: "",
  // Every request goes through here, so that an ended session is noticed wherever it shows itself.
  fetch: async (request) => {
    const { method, url, headers } = request;
    const key = [method, url, headers.get("Accept"), headers.get("If-Match")].join(" ");
    const send = (given_up: AbortSignal) => fetch(request.clone(), { signal: AbortSignal.any([request.signal, given_up]) });
    let answer: Response;
    try {
      answer = SAFE.includes(method) ? await sending.question(key, send) : await sending.change(`${key} ${await request.clone().text()}`, send);
    } catch {
      session.answered(false);
      throw new Refusal(0, "passerby does not answer.");
    }
    session.answered(true);
    if (answer.status === 401) session.end();
    return answer;
  },
});

/** The API: `await read(api.GET("/api/v1/cameras"))`. */
export const api = client;

/** Returns what was answered. Throws Refusal for everything else. */
export async function read<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked;
  if (response.ok) return data as T;
  const problem = (typeof error === "object" ? error : null) as { detail?: string; title?: string; code?: string } | null;
  const message = problem?.detail ?? problem?.title ?? `passerby answered ${response.status}.`;
  throw new Refusal(response.status, message, problem?.code ?? "", problem);
}
