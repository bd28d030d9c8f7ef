import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LIMIT_MS, Sending, SLOW_MS } from "./sending";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server whose answers are let go one by one. */
class Held {
  readonly sent: ((answer: Response) => void)[] = [];
  readonly send = (signal: AbortSignal) =>
    new Promise<Response>((answer, fail) => {
      this.sent.push(answer);
      signal.addEventListener("abort", () => fail(new Error("given up")));
    });
}

const settle = () => vi.advanceTimersByTimeAsync(0);

test("a change that is asked for twice is made once, and again once it was answered", async () => {
  const server = new Held();
  const sending = new Sending({ slow: () => undefined });
  const both = [sending.change("PUT a", server.send), sending.change("PUT a", server.send)];
  void sending.change("PUT b", server.send);
  expect(server.sent.length).toBe(2);
  server.sent[0]?.(new Response("done"));
  expect(await Promise.all((await Promise.all(both)).map((each) => each.text()))).toEqual(["done", "done"]);
  void sending.change("PUT a", server.send);
  expect(server.sent.length).toBe(3);
});

test("however often a question is asked before a slow server, one is on its way and one waits, which all get", async () => {
  const server = new Held();
  const sending = new Sending({ slow: () => undefined });
  const first = sending.question("GET a", server.send);
  const later = Array.from({ length: 5 }, () => sending.question("GET a", server.send));
  expect(server.sent.length).toBe(1);
  server.sent[0]?.(new Response("old"));
  expect(await (await first).text()).toBe("old");
  await settle();
  expect(server.sent.length).toBe(2);
  server.sent[1]?.(new Response("new"));
  expect(await Promise.all((await Promise.all(later)).map((each) => each.text()))).toEqual(Array(5).fill("new"));
  await settle();
  void sending.question("GET a", server.send);
  expect(server.sent.length).toBe(3);
});

test("a question that failed is no answer to the next one", async () => {
  const server = new Held();
  const sending = new Sending({ slow: () => undefined });
  const first = sending.question("GET a", () => Promise.reject(new Error("away")));
  const second = sending.question("GET a", server.send);
  await expect(first).rejects.toThrow("away");
  await settle();
  server.sent[0]?.(new Response("here"));
  expect(await (await second).text()).toBe("here");
});

test("it is said while answers take long, and what is only read is given up at last", async () => {
  const server = new Held();
  const counts: number[] = [];
  const sending = new Sending({ slow: (count) => counts.push(count) });
  const question = sending.question("GET a", server.send);
  const given_up = expect(question).rejects.toThrow("given up");
  const change = sending.change("PUT a", server.send);
  await vi.advanceTimersByTimeAsync(SLOW_MS - 1);
  expect(counts).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(counts).toEqual([1, 2]);
  await vi.advanceTimersByTimeAsync(LIMIT_MS);
  await given_up;
  expect(counts).toEqual([1, 2, 1]);
  server.sent[1]?.(new Response("done"));
  expect(await (await change).text()).toBe("done");
  expect(counts).toEqual([1, 2, 1, 0]);
});
