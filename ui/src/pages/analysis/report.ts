// What the page makes of the API's traffic report: headings and cells in the reader's language, and as a file.
import { api, read, type Schemas } from "../../lib/api/client";
import { earlier, rangeOf, type Question } from "./question";

export type Report = Schemas["TrafficReportDocument"];
export type ReportTable = Schemas["ReportTable"];
export type ReportColumn = Schemas["ReportColumn"];
export type Cell = string | number | null;

/** What a class counts for in cars, where it is not as usual: class -> cars. */
export type Units = Readonly<Record<string, number>>;

export const FORMS = {
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  pdf: "application/pdf",
  html: "text/html",
  json: "application/json",
} as const;
export type Form = keyof typeof FORMS;

/** The query of /api/v1/traffic-report for a question. */
export function reportQuery(question: Question, camera: string, units: Units) {
  const range = rangeOf(question);
  const other = question.compare === "week" ? earlier(range, 7).start : question.compare === "span" ? question.since : undefined;
  const pcu = Object.entries(units).map(([word, cars]) => `${word}=${cars}`);
  return { camera, ...range, ...(other === undefined ? {} : { compare_start: other }), ...(pcu.length === 0 ? {} : { pcu }) };
}

/** Asks for the report of a camera. */
export function reportOf(question: Question, camera: string, units: Units): Promise<Report> {
  return read(api.GET("/api/v1/traffic-report", { params: { query: reportQuery(question, camera, units) } })) as Promise<Report>;
}

/** Downloads it as a file; the API writes that down, and asks for a purpose first. */
export async function reportFile(question: Question, camera: string, units: Units, form: Form): Promise<Blob> {
  const query = reportQuery(question, camera, units);
  const asked = api.GET("/api/v1/traffic-report", { params: { query }, headers: { Accept: FORMS[form] }, parseAs: "blob" });
  return (await read(asked as never)) as unknown as Blob;
}

/** Of two periods side by side a column's key ends with the period's letter, or with `change`. */
export function partsOf(key: string): { base: string; period: "a" | "b" | "change" | null } {
  const found = /^(.+)_(a|b|change)$/.exec(key);
  return found === null ? { base: key, period: null } : { base: found[1] as string, period: found[2] as "a" | "b" | "change" };
}

/** Rows that belong together: the rows of a table by what stands in its first column, which is then said once. */
export function repeats(table: ReportTable, row: number): boolean {
  const first = table.columns[0];
  if (first === undefined || !first.names_row || row === 0 || table.columns.filter((column) => column.names_row).length < 2) return false;
  return table.rows[row]?.[first.key] === table.rows[row - 1]?.[first.key];
}

