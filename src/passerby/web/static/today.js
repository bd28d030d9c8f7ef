// Today's values of one camera, looked up by place. Nothing here touches the page.

import { ROAD_USERS } from "./words.js";

/** The values so far of the site's own day, as the event `values` brings them. */
export class Today {
  constructor(rows = []) {
    // Shares come rounded: where there is a value, something was watched.
    this.rows = rows.map((row) => ({ ...row, coverage: Math.max(row.coverage, (row.value ?? null) === null ? 0 : 1e-6) }));
  }

  /** Rows of one place. */
  of(series, quantity, direction = null) {
    return this.rows.filter(
      (row) => row.series === series && row.quantity === quantity && (row.direction ?? null) === direction,
    );
  }

  /**
   * A count with its classes.
   * @returns {{total: ?number, users: Array<[string, ?number]>}} the total is null where nothing is known
   */
  tally(series, quantity, direction = null) {
    const rows = this.of(series, quantity, direction).filter((row) => row.road_user);
    const values = new Map(rows.map((row) => [row.road_user, row.value ?? null]));
    const users = [...values].sort(([one], [other]) => ROAD_USERS.indexOf(one) - ROAD_USERS.indexOf(other));
    const known = users.map(([, value]) => value).filter((value) => value !== null);
    return { total: known.length ? known.reduce((sum, value) => sum + value, 0) : null, users };
  }

  /** One value: of everybody together where there is such a row, else of the only class that there is; or null. */
  value(series, quantity) {
    const rows = this.of(series, quantity);
    const row = rows.find((candidate) => !candidate.road_user) ?? (rows.length === 1 ? rows[0] : undefined);
    return row?.value ?? null;
  }

  /** The share of today so far, 0-1, that a place was watched, the least of its rows; null before there is a row. */
  coverage(series) {
    const shares = this.rows.filter((row) => row.series === series).map((row) => row.coverage);
    return shares.length ? Math.min(...shares) : null;
  }

  /** The same for most places of the camera (the median); a place that differs says so itself. */
  get usualCoverage() {
    const shares = this.rows.map((row) => row.coverage).sort((one, other) => one - other);
    return shares.at(Math.floor((shares.length - 1) / 2)) ?? null;
  }

  /** Some of today was counted while the camera had moved and no one had confirmed it. */
  get doubtful() {
    return this.rows.some((row) => row.reliable === false);
  }
}

/** How many of the boxes stand in a zone: foot points in its polygon, all as 0-1 of the picture. */
export function standingIn(zone, boxes) {
  return boxes.filter(([x1, , x2, y2, user]) => zone.road_users.includes(user) && inside(zone.points, (x1 + x2) / 2, y2))
    .length;
}

function inside(points, x, y) {
  let odd = false;
  points.forEach(([ax, ay], index) => {
    const [bx, by] = points.at(index - 1);
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  });
  return odd;
}
