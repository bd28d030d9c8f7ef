// A chart with its words, colours and units: what the views of the page are made from.
import { messageIn } from "../../lib/words";
import type { Language } from "../../lib/language.svelte";
import { leastCoverage, startsOf, type SeriesPage, type SeriesRow } from "./columns";
import type { Chart } from "./data";
import { bandOf, colourOf, factorOf, scaled, type Drawn } from "./drawn";
import { rangeOf, type Place, type Question } from "./question";
import { WORDS } from "./words";

const UNITS: Readonly<Record<string, keyof typeof WORDS>> = { "m/s": "unit_speed", s: "unit_stay", "m-2": "unit_density" };

export class Drawing {
  readonly question: Question;
  readonly page: SeriesPage;
  readonly starts: readonly number[];
  readonly lines: readonly Drawn[];
  /** The least coverage of all lines, bin by bin. */
  readonly coverage: readonly number[];
  readonly empty: readonly Place[];
  readonly unit: string;
  /** A part of the span is older than bins of this length are kept. */
  readonly notKept: boolean;

  constructor(chart: Chart, read: Language) {
    const { question } = chart;
    this.question = question;
    const word = (key: keyof typeof WORDS) => String(messageIn(read, WORDS[key]).format());
    const manyCameras = new Set(chart.lines.map((line) => line.row.camera)).size > 1;
    const byClass = question.split === "class" && new Set(chart.lines.map((line) => line.row.series)).size === 1;
    this.page = chart.page;
    this.starts = startsOf(chart.page);
    this.empty = chart.empty;
    this.lines = chart.lines.map(({ key, row, other }, at) => {
      const factor = factorOf(row.quantity);
      const measured = row.upper !== null && row.lower !== null ? ([scaled(row.upper, factor), scaled(row.lower, factor)] as const) : null;
      const label = nameOf(row, manyCameras, word);
      return { key, label, colour: colourOf(row, at, byClass), row, values: scaled(row.value, factor), other: other === null ? null : scaled(other, factor), interval: measured, band: measured === null ? null : bandOf(row, chart.lines.length, chart.page.count) };
    });
    this.coverage = leastCoverage(chart.lines.map((line) => line.row));
    const unit = UNITS[chart.lines[0]?.row.unit ?? ""];
    this.unit = unit === undefined ? "" : word(unit);
    const first = Date.parse(rangeOf(question).start) / 1000;
    this.notKept = first + 86_400 < chart.page.kept_from_s;
  }
}

function nameOf(row: SeriesRow, withCamera: boolean, word: (key: keyof typeof WORDS) => string): string {
  const parts = [withCamera ? `${row.series} (${row.camera})` : row.series];
  if (row.road_user !== null) parts.push(word(row.road_user));
  if (row.direction !== null) parts.push(row.direction_name ?? row.direction);
  return parts.join(", ");
}
