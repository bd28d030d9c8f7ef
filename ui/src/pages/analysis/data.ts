// What the analysis page asks the API, and the lines of a chart that it makes of the answers.
import { api, read, type Schemas } from "../../lib/api/client";
import { shifted, usual, type SeriesPage, type SeriesRow } from "./columns";
import { adds, daysBetween, earlier, rangeOf, samePlace, type Bin, type Place, type Question } from "./question";

/** One line of a chart. */
export interface Line {
  readonly key: string;
  readonly row: SeriesRow;
  /** The values that it is compared with, bin by bin; null where there is no comparison. */
  readonly other: readonly (number | null)[] | null;
}

export interface Chart {
  /** What was asked; the address may hold another question by now. */
  readonly question: Question;
  readonly page: SeriesPage;
  readonly lines: readonly Line[];
  /** Places of which nothing is stored in this span. */
  readonly empty: readonly Place[];
}

type Quantity = Schemas["Quantity"];
type Range = { start: string; end: string };

const USUAL_WEEKS = 8;
/** Minutes are kept for five weeks. */
const USUAL_WEEKS_OF_MINUTES = 4;

/** Asks for the numbers of a question in bins of a length, and for those that they are compared with. */
export async function chartOf(question: Question, bin: Bin = question.bin, compare = question.compare): Promise<Chart> {
  const range = rangeOf(question);
  const page = await seriesOf(question, range, bin);
  const rows = wanted(question, page.rows);
  const others = await othersOf(question, range, page, rows, compare);
  const lines = rows.map((row, at) => ({ key: keyOf(row), row, other: others[at] ?? null }));
  const empty = question.places.filter((place) => !lines.some(({ row }) => samePlace(row, place)));
  return { question, page, lines, empty };
}

/** The query of /api/v1/series for a question; also that of its export. */
export function queryOf(question: Question, range: Range, bin: Bin) {
  const sum: ("road_user" | "direction")[] = [];
  if (adds(question.measure)) {
    if (question.split !== "class") sum.push("road_user");
    if (question.split !== "direction") sum.push("direction");
  }
  return {
    ...range,
    bin,
    camera: [...new Set(question.places.map((place) => place.camera))],
    series: [...new Set(question.places.map((place) => place.series))],
    quantity: [question.measure as Quantity],
    road_user: [...question.classes],
    sum,
  };
}

async function seriesOf(question: Question, range: Range, bin: Bin): Promise<SeriesPage> {
  return json(api.GET("/api/v1/series", { params: { query: queryOf(question, range, bin) } }));
}

/** The answer as JSON; by its description it might be a table, too. */
function json(asked: Promise<{ data?: SeriesPage | string; response: Response }>): Promise<SeriesPage> {
  return read(asked) as Promise<SeriesPage>;
}

/** Of cameras times names, the places that were asked for; of means that of everybody, where there is one. */
function wanted(question: Question, rows: readonly SeriesRow[]): SeriesRow[] {
  const asked = rows.filter((row) => question.places.some((place) => samePlace(row, place)));
  if (adds(question.measure) || question.split === "class" || question.classes.length > 0) return asked;
  const together = asked.filter((row) => row.road_user === null);
  return asked.filter((row) => row.road_user === null || !together.some((one) => samePlace(one, row) && one.direction === row.direction));
}

async function othersOf(question: Question, range: Range, page: SeriesPage, rows: readonly SeriesRow[], compare: Question["compare"]) {
  if (compare === "none" || rows.length === 0) return [];
  if (compare === "usual") {
    if (page.bin === "week" || page.bin === "month") return [];
    const minutes = page.bin === "minute" || page.bin === "five-minutes";
    const weeks = minutes ? USUAL_WEEKS_OF_MINUTES : USUAL_WEEKS;
    const past = await seriesOf(question, { start: earlier(range, 7 * weeks).start, end: range.start }, page.bin);
    return rows.map((row) => {
      const same = past.rows.find((one) => keyOf(one) === keyOf(row));
      return same === undefined ? null : usual(page, past, same);
    });
  }
  const days = compare === "week" ? 7 : daysBetween(question.since, question.from);
  const other = await seriesOf(question, earlier(range, days), page.bin);
  return rows.map((row) => {
    const same = other.rows.find((one) => keyOf(one) === keyOf(row));
    return same === undefined ? null : shifted(page, other, same.value, days);
  });
}

/** Names a row among those of one measure. */
export function keyOf(row: SeriesRow): string {
  return `${row.camera}/${row.series}/${row.road_user ?? "all"}/${row.direction ?? "both"}`;
}

export type Distributed = Schemas["DistributionPage"]["quantity"];

/** Asks how speeds, headways or stays are distributed over the whole time of a question. */
export async function spreadOf(question: Question, quantity: Distributed): Promise<Schemas["DistributionPage"]> {
  const { camera, series, road_user } = queryOf(question, rangeOf(question), "auto");
  // Headways are those between road users of whatever class.
  const query = { ...rangeOf(question), quantity, camera, series, road_user: quantity === "headway" ? [] : road_user, bin: "whole" as const };
  const page = await read(api.GET("/api/v1/distributions", { params: { query } }));
  return { ...page, rows: page.rows.filter((row) => question.places.some((place) => samePlace(row, place))) };
}

/** Asks for the movements of the cameras of a question. */
export async function movementsOf(question: Question, cameras: readonly string[]): Promise<SeriesPage> {
  const query = { ...rangeOf(question), bin: "auto" as const, camera: [...cameras], quantity: ["movement" as const], road_user: [...question.classes], sum: ["road_user" as const, "direction" as const] };
  return json(api.GET("/api/v1/series", { params: { query } }));
}

/** Downloads the numbers of a chart as a table; the API writes that down, and asks for a purpose first. */
export async function tableOf(query: object, accept: "text/csv" | "application/vnd.apache.parquet"): Promise<Blob> {
  const asked = api.GET("/api/v1/series", { params: { query: query as never }, headers: { Accept: accept }, parseAs: "blob" });
  return (await read(asked as never)) as unknown as Blob;
}
