import { expect, test } from "vitest";
import { daysBetween, earlier, faultOf, filtersOf, questionOf, rangeOf } from "./question";

const TODAY = "2026-09-28";

function through(query: string): string {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(filtersOf(questionOf(new URLSearchParams(query), TODAY)))) {
    for (const each of value === null ? [] : Array.isArray(value) ? value : [value]) written.append(name, each);
  }
  return written.toString();
}

test.each([
  "place=north%2Fgate&place=south%2Fa%2Fb&from=2026-09-01&to=2026-09-30",
  "place=n%2Fg&measure=speed_mean&class=car&class=bus&split=class&from=2026-09-01&to=2026-09-02&bin=hour&compare=span&since=2025-09-01&view=peaks",
  "from=2026-09-28T08%3A00%3A00%2B02%3A00&to=2026-09-28T09%3A00%3A00%2B02%3A00",
])("%s is the same again", (query) => {
  expect(through(query)).toBe(query);
});

test("what is none of ours is left out", () => {
  expect(through("place=gate&place=%2Fgate&place=north%2F&measure=faces&class=dog&bin=second&from=yesterday&to=2026-99-99")).toBe(
    "from=2026-09-22&to=2026-09-28",
  );
});

test("a place keeps the slash in its name", () => {
  expect(questionOf(new URLSearchParams("place=south/a/b"), TODAY).places).toEqual([{ camera: "south", series: "a/b" }]);
});

test("the last date is within the span, a time is not", () => {
  expect(rangeOf({ from: "2026-09-01", to: "2026-09-30" })).toEqual({ start: "2026-09-01", end: "2026-10-01" });
  expect(rangeOf({ from: "2026-09-01", to: "2026-09-28T10:00:00Z" }).end).toBe("2026-09-28T10:00:00Z");
});

test("spans move by days", () => {
  expect(earlier({ start: "2026-03-01", end: "2026-03-02" }, 7)).toEqual({ start: "2026-02-22", end: "2026-02-23" });
  expect(earlier({ start: "2026-09-28T08:00:00+02:00", end: "2026-09-28T09:00:00+02:00" }, 1)).toEqual({
    start: "2026-09-27T06:00:00Z",
    end: "2026-09-27T07:00:00Z",
  });
  expect(daysBetween("2026-02-27", "2026-03-01")).toBe(2);
});

test("a span that ends before it begins is refused", () => {
  expect(faultOf({ from: "2026-09-02", to: "2026-09-01" })).toBe("reversed");
  expect(faultOf({ from: "2026-09-01", to: "2026-09-01" })).toBeNull();
});
