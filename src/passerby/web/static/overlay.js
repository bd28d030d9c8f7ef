// Lines, zones, boxes and moving counters over the picture, all placed in shares of it.

import { arrow, el, sayCount, svg } from "./elements.js";
import { count } from "./words.js";

const OFFSET_PX = [34, 22]; // From the line to its counters: pills are wider than they are high.

/** Unit vector from a line's left-hand side to its right-hand side on the screen: the way called forward. */
export function forward(points, aspect) {
  const [[ax, ay], [bx, by]] = points;
  const [along, down] = [(bx - ax) * aspect, by - ay];
  const length = Math.hypot(along, down) || 1;
  return [-down / length, along / length];
}

/** What lies over one camera's picture. */
export class Overlay {
  #counters = [];

  constructor(camera) {
    this.camera = camera;
    this.boxes = svg("g", { class: "boxes" });
    this.places = svg("g", { class: "places" });
    this.drawing = svg("svg", { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.drawing.append(this.places, this.boxes);
    this.labels = el("div", { class: "labels", "aria-hidden": "true" });
    this.node = el("div", { class: "overlay" }, this.drawing, this.labels);
    this.fit(16 / 9);
  }

  /** Places everything for a picture of this width over height. */
  fit(aspect) {
    if (aspect === this.aspect) return;
    this.aspect = aspect;
    const corners = (points) => points.map((point) => point.join(" ")).join(",");
    const line = (kind, { points }) => svg("polyline", { class: kind, points: corners(points) });
    this.places.replaceChildren(
      ...this.camera.zones.map(({ points }) => svg("polygon", { class: "zone", points: corners(points) })),
      ...this.camera.lines.flatMap((place) => [line("casing", place), line("line", place)]),
    );
    this.#counters = [];
    this.labels.replaceChildren(
      ...this.camera.zones.map((zone) => this.#zoneName(zone)),
      ...this.camera.lines.flatMap((place) => [this.#lineName(place), this.#pill(place, "forward"), this.#pill(place, "backward")]),
    );
    if (this.today) this.showToday(this.today);
  }

  #zoneName({ name, points }) {
    const [x, y] = [0, 1].map((axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length);
    return this.#at(el("span", { class: "name" }, name), x, y);
  }

  #lineName({ name, points }) {
    const [[ax, ay], [bx, by]] = points;
    const [x, y] = ay > by ? [ax, ay] : [bx, by];
    return this.#at(el("span", { class: "name under" }, name), x, y);
  }

  #pill({ name, points }, direction) {
    const sign = direction === "forward" ? 1 : -1;
    const [nx, ny] = forward(points, this.aspect).map((part) => part * sign);
    const [[ax, ay], [bx, by]] = points;
    const number = el("b", {}, count(null));
    const degrees = (Math.atan2(ny, nx) * 180) / Math.PI;
    const node = el("span", { class: "pill" }, arrow(degrees), number);
    this.#counters.push({ name, direction, number });
    return this.#at(node, (ax + bx) / 2, (ay + by) / 2, nx * OFFSET_PX[0], ny * OFFSET_PX[1]);
  }

  /** Through the style's own properties: a style attribute is what the page's policy forbids. */
  #at(node, x, y, rightPx = 0, downPx = 0) {
    const held = (part, px, margin) => `clamp(${margin}rem, ${part * 100}% + ${Math.round(px)}px, 100% - ${margin}rem)`;
    node.style.left = held(x, rightPx, 2);
    node.style.top = held(y, downPx, 0.8);
    return node;
  }

  /** Moves the counters on. */
  showToday(today) {
    this.today = today;
    for (const { name, direction, number } of this.#counters) {
      const { total } = today.tally(name, "flow", direction);
      sayCount(number, count(total), total);
    }
  }

  /** Draws the boxes of one picture: `[x1, y1, x2, y2, class]` each, 0-1. */
  showBoxes(boxes) {
    this.boxes.replaceChildren(
      ...boxes.map(([x1, y1, x2, y2, user]) =>
        svg("rect", { class: `box ${user}`, x: x1, y: y1, width: Math.max(x2 - x1, 0), height: Math.max(y2 - y1, 0) })),
    );
  }
}
