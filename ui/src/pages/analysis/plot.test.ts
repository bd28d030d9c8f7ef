import { expect, test } from "vitest";
import { axisLabels, pointsOf, siteDate, stretchesOf } from "./plot";

test("a value before a gap is held to the end of its bin", () => {
  const points = pointsOf([0, 10, 20, 30, 40], [[1, null, 3, 4]]);
  expect(points.times).toEqual([0, 10, 10, 20, 30, 40]);
  expect(points.values).toEqual([[1, 1, null, 3, 4, 4]]);
});

test("lines share their points, each with its own gaps", () => {
  const points = pointsOf([0, 10, 20], [[1, null], [5, 6]]);
  expect(points.times).toEqual([0, 10, 10, 20]);
  expect(points.values).toEqual([[1, 1, null, null], [5, 5, 6, 6]]);
});

test("without a gap there is one point more than bins", () => {
  expect(pointsOf([0, 10, 20, 30], [[1, 2, 3]]).times).toEqual([0, 10, 20, 30]);
  expect(pointsOf([0], []).times).toEqual([]);
});

test("what is alike is one stretch, and neither a gap nor a whole bin is blurred", () => {
  expect(stretchesOf([0, 1, 2, 3, 4, 5, 6], [1, 1, 0.999, 0.95, 0.01, 0], 6)).toEqual([
    { start_s: 0, end_s: 3, coverage: 1 },
    { start_s: 3, end_s: 4, coverage: 0.9 },
    { start_s: 4, end_s: 5, coverage: 0.1 },
    { start_s: 5, end_s: 6, coverage: 0 },
  ]);
});

test("what has not come yet is no gap", () => {
  expect(stretchesOf([0, 10, 20], [1, 0], 10)).toEqual([{ start_s: 0, end_s: 10, coverage: 1 }]);
});

test("an axis is labelled in the site's zone", () => {
  const labels = axisLabels("Europe/Berlin", "en-GB");
  expect(labels([1_790_546_400, 1_790_550_000], 3600)).toEqual(["00:00\n28 Sept", "01:00"]);
  expect(labels([1_790_546_400], 86_400)).toEqual(["28 Sept"]);
});

test("the site's clock is read from a date by this machine's own", () => {
  const date = siteDate(1_790_546_400 + 7200 + 3600 * 8);
  expect([date.getMonth(), date.getDate(), date.getHours()]).toEqual([8, 28, 8]);
});
