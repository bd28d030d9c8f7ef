// The values of an event over its time, with the threshold, as a drawing and as a table.

import { el, svg } from "../elements.js";
import { clock } from "../words.js";
import { limitOf, valued } from "./words.js";

const WIDTH = 640;
const HEIGHT = 200;
const MARGIN = { top: 16, right: 12, bottom: 32, left: 12 };
const HEADROOM = 1.15;

/** The drawing, or a sentence where there are too few values for one; with all values in a table below it. */
export function valuesOverTime(event) {
  const points = event.samples.map(({ time, value }) => ({ at: Date.parse(time), time, value }));
  const known = points.filter(({ value }) => value !== null);
  const drawing = known.length > 1 ? draw(event, points, known) : el("p", { class: "quiet" }, "Too few values for a drawing.");
  return el("figure", { class: "chart" }, drawing, table(event));
}

function draw(event, points, known) {
  const first = points[0].at;
  const span = points.at(-1).at - first || 1;
  const top = HEADROOM * Math.max(event.threshold, ...known.map(({ value }) => value)) || 1;
  const x = (at) => MARGIN.left + ((at - first) / span) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value) => HEIGHT - MARGIN.bottom - (Math.max(0, value) / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const limit = y(event.threshold);
  const label = `From ${clock(points[0].time)} to ${clock(points.at(-1).time)}; highest value ${valued(event, event.peak)}, threshold ${limitOf(event)}.`;
  const text = (properties, words) => svg("text", properties, document.createTextNode(words));
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
    svg("line", { class: "axis", x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: y(0), y2: y(0) }),
    svg("line", { class: "threshold", x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: limit, y2: limit }),
    text({ class: "limit", x: WIDTH - MARGIN.right, y: limit - 5, "text-anchor": "end" }, `threshold ${limitOf(event)}`),
    ...stretches(points).map((stretch) => svg("polyline", { class: "values", points: stretch.map(({ at, value }) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ") })),
    text({ x: MARGIN.left, y: HEIGHT - 6 }, clock(points[0].time)),
    text({ x: WIDTH - MARGIN.right, y: HEIGHT - 6, "text-anchor": "end" }, clock(points.at(-1).time)));
}

/** What was measured without a break: a gap is a gap, and no line leads over it. */
function stretches(points) {
  const found = [[]];
  for (const point of points) {
    if (point.value !== null) found.at(-1).push(point);
    else if (found.at(-1).length) found.push([]);
  }
  return found.filter((stretch) => stretch.length);
}

function table(event) {
  const row = ({ time, value }) => el("tr", {}, el("td", {}, clock(time)), el("td", {}, value === null ? "not measured" : valued(event, value)));
  return el("details", {}, el("summary", {}, "Values over time"),
    el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Time"), el("th", { scope: "col" }, "Value"))),
      el("tbody", {}, ...event.samples.map(row))));
}
