// Today's numbers of lines, turning counts and zones, each with how much of today they rest on.

import { arrow, el, say, sayCount } from "./elements.js";
import { forward } from "./overlay.js";
import { standingIn } from "./today.js";
import { NO_DATA, count, measured, roadUserName, share } from "./words.js";

/** "watched 93 % of today so far", with a bar. */
export class Coverage {
  constructor() {
    this.text = el("span", {});
    this.level = el("i", {});
    this.node = el("p", { class: "coverage" }, el("span", { class: "meter", "aria-hidden": "true" }, this.level), this.text);
  }

  /** A share of 0-1, or null before anything was watched. */
  show(value) {
    say(this.text, value ? `Watched ${share(value)} of today so far` : "Not watched today so far");
    this.level.style.width = `${(value ?? 0) * 100}%`;
  }
}

/** One way over a line, or one turning count: a large number and its classes. */
class Way {
  constructor(name, degrees, tally) {
    this.tally = tally;
    this.number = el("b", { class: "number" }, NO_DATA);
    this.unknown = el("span", { class: "unseen" });
    this.strip = el("span", { class: "strip", "aria-hidden": "true" });
    this.users = el("ul", { class: "users" });
    const icon = degrees === null ? null : arrow(degrees);
    this.node = el("div", { class: "way" },
      el("p", { class: "total" }, icon, el("span", { class: "to" }, name), this.unknown, this.number), this.strip, this.users);
  }

  show(today) {
    const { total, users } = this.tally(today);
    sayCount(this.number, count(total), total);
    say(this.unknown, total === null ? "no data" : "");
    const seen = users.filter(([, value]) => value !== null);
    this.#draw(seen);
  }

  #draw(users) {
    const key = users.map(([user]) => user).join();
    if (key !== this.key) {
      this.key = key;
      this.strip.replaceChildren(...users.map(([user]) => el("i", { class: user })));
      this.users.replaceChildren(...users.map(([user]) => el("li", {}, el("i", { class: `dot ${user}` }), el("span", {}))));
    }
    users.forEach(([user, value], index) => {
      this.strip.children[index].style.flexGrow = value;
      this.strip.children[index].hidden = !value;
      say(this.users.children[index].lastChild, `${count(value)} ${roadUserName(user, value)}`);
    });
  }
}

function card(name, series, ways, kind = "") {
  const coverage = new Coverage();
  const node = el("article", { class: `card ${kind}` }, el("h4", {}, name), ...ways.map((way) => way.node), coverage.node);
  return {
    node,
    show(today, common) {
      ways.forEach((way) => way.show(today));
      const own = today.coverage(series);
      coverage.node.hidden = own !== null && common !== null && Math.abs(own - common) < 0.005;
      coverage.show(own);
    },
  };
}

/** A line: a number for each way. */
export function lineCard(line) {
  const [x, y] = forward(line.points, 16 / 9);
  const degrees = (Math.atan2(y, x) * 180) / Math.PI;
  const way = (direction, name, turn) => new Way(name, degrees + turn, (today) => today.tally(line.name, "flow", direction));
  return card(line.name, line.name, [
    way("forward", line.forward_name, 0),
    way("backward", line.backward_name, 180),
  ]);
}

/** A turning count. */
export function movementCard(movement) {
  const way = new Way(`${movement.entry_line} → ${movement.exit_line}`, null, (today) => today.tally(movement.name, "movement"));
  return card(movement.name, movement.name, [way]);
}

const ZONE_FIGURES = [
  ["occupancy_mean", "1", "mean today"],
  ["occupancy_max", "1", "most at once"],
  ["density_mean", "m-2", "mean density"],
  ["dwell_p50", "s", "typical stay"],
];

/** A zone: who is in it in the picture of now, and today's figures. */
export function zoneCard(zone) {
  const now = el("b", { class: "number" }, NO_DATA);
  const figures = ZONE_FIGURES.map(([quantity, unit, word]) => ({ quantity, unit, word, value: el("dd", {}, NO_DATA) }));
  const entered = el("dd", {}, NO_DATA);
  const pair = (word, value) => el("div", {}, el("dt", {}, word), value);
  const list = el("dl", {}, pair("entered today", entered), ...figures.map(({ word, value }) => pair(word, value)));
  const coverage = new Coverage();
  const node = el("article", { class: "card zone-card" }, el("h4", {}, zone.name),
    el("p", { class: "total" }, el("span", { class: "to" }, "in the zone now"), now), list, coverage.node);
  return {
    node,
    show(today, common) {
      say(entered, count(today.tally(zone.name, "entries").total));
      const atLeast = today.value(zone.name, "saturated") > 0;
      for (const { quantity, unit, value } of figures) {
        const known = today.value(zone.name, quantity);
        const bound = atLeast && known !== null && /^(occupancy|density)/.test(quantity) ? "at least " : "";
        say(value, bound + measured(known, unit));
        value.parentNode.hidden = known === null && quantity !== "occupancy_mean";
      }
      const own = today.coverage(zone.name);
      coverage.node.hidden = own !== null && common !== null && Math.abs(own - common) < 0.005;
      coverage.show(own);
    },
    showBoxes: (boxes) => say(now, count(boxes && standingIn(zone, boxes))),
  };
}
