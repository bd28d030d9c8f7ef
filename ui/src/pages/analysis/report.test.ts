import { expect, test } from "vitest";
import { partsOf, repeats, reportQuery, type ReportTable } from "./report";
import { questionOf } from "./question";

const asked = (query: string) => questionOf(new URLSearchParams(query), "2026-09-28");

test("a question becomes the query of a report, with the other period and what a class counts for", () => {
  const week = asked("from=2026-09-21&to=2026-09-27&compare=week");
  expect(reportQuery(week, "square", { truck: 2.5 })).toEqual({ camera: "square", start: "2026-09-21", end: "2026-09-28", compare_start: "2026-09-14", pcu: ["truck=2.5"] });
  const span = asked("from=2026-09-21&to=2026-09-27&compare=span&since=2026-08-03");
  expect(reportQuery(span, "square", {}).compare_start).toBe("2026-08-03");
  expect(reportQuery(asked("from=2026-09-21&to=2026-09-27"), "square", {})).toEqual({ camera: "square", start: "2026-09-21", end: "2026-09-28" });
});

test("of two periods a column says which", () => {
  expect(partsOf("busiest_quarter_a")).toEqual({ base: "busiest_quarter", period: "a" });
  expect(partsOf("volume_change")).toEqual({ base: "volume", period: "change" });
  expect(partsOf("line")).toEqual({ base: "line", period: null });
});

test("a line's name is quiet where it was said in the row before", () => {
  const column = (key: string, names_row: boolean) => ({ key, title: key, kind: "text" as const, unit: null, names_row });
  const table: ReportTable = {
    key: "totals", title: "Totals", long: false, columns: [column("line", true), column("way", true), column("all", false)],
    rows: [{ line: "gate", way: "in", all: 1 }, { line: "gate", way: "out", all: 2 }, { line: "road", way: "in", all: 3 }],
  };
  expect([0, 1, 2].map((row) => repeats(table, row))).toEqual([false, true, false]);
  expect(repeats({ ...table, columns: [column("line", true), column("all", false)] }, 1)).toBe(false);
});
