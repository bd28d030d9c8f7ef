import { describe, expect, it } from "vitest";
import { edges, forward, kept, moved, placeOnEdge, snapped, type Point } from "./geometry";

const size = { width: 1000, height: 500 };

describe("drawing", () => {
  it("keeps points inside the picture and no finer than a site file", () => {
    expect(kept([1.2, -0.1])).toEqual([1, 0]);
    expect(kept([0.123456789, 0.5])).toEqual([0.12346, 0.5]);
    expect(moved([0.5, 0.5], [1, -10], size)).toEqual([0.501, 0.48]);
  });
  it("says which way is forward as the site file does", () => {
    expect(forward([[0.5, 0.1], [0.5, 0.9]], size)[0]).toBeCloseTo(-1); // from top to bottom: right to left
    expect(forward([[0.1, 0.5], [0.9, 0.5]], size)[1]).toBeCloseTo(1); // from left to right: top to bottom
  });
  it("snaps to a corner before an edge, and to an edge before the picture's border", () => {
    const zone = { points: [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]] as Point[], closed: true };
    expect(snapped([0.104, 0.108], [zone], 8, size)).toEqual([0.1, 0.1]);
    const [x, y] = snapped([0.5, 0.11], [zone], 8, size);
    expect([x, y]).toEqual([0.5, 0.1]);
    expect(snapped([0.005, 0.5], [], 8, size)).toEqual([0, 0.5]);
    expect(snapped([0.3, 0.5], [zone], 8, size)).toEqual([0.3, 0.5]);
  });
  it("knows the edges of lines and of areas", () => {
    expect(edges([[0, 0], [1, 1]], false)).toHaveLength(1);
    expect(edges([[0, 0], [1, 1]], true)).toHaveLength(1);
    expect(edges([[0, 0], [1, 1], [0, 1]], true)).toHaveLength(3);
    expect(placeOnEdge([0.5, 0.02], [[0, 0], [1, 0], [1, 1]], true, size)).toBe(1);
    expect(placeOnEdge([0.5, 0.5], [[0, 0], [1, 0], [1, 1]], true, size)).toBe(3);
  });
});
