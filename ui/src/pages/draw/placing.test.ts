import { describe, expect, it } from "vitest";
import { placed, type Label } from "./placing";

const label = (key: string, x: number, y: number, more: Partial<Label> = {}): Label => ({ key, x, y, anchor: "middle", width: 60, height: 10, ...more });

describe("names in the picture", () => {
  it("stand where they want to while nothing is there", () => {
    expect([...placed([label("a", 100, 50), label("b", 100, 80)], 200, 100).values()]).toEqual([{ x: 100, y: 50 }, { x: 100, y: 80 }]);
  });
  it("never lie over one another, the first one stays", () => {
    const places = placed(["a", "b", "c", "d", "e"].map((key) => label(key, 100, 50)), 200, 100);
    expect(places.get("a")).toEqual({ x: 100, y: 50 });
    const rows = [...places.values()].map(({ y }) => y).sort((a, b) => a - b);
    for (let n = 1; n < rows.length; n++) expect(rows[n]! - rows[n - 1]!).toBeGreaterThanOrEqual(10);
  });
  it("stay in the picture, at its edges too", () => {
    const places = placed([label("a", 1, 5), label("b", 1, 5, { anchor: "end" }), label("c", 199, 95, { anchor: "start" })], 200, 100);
    expect(places.get("a")).toEqual({ x: 30, y: 5 });
    expect(places.get("b")!.x).toBe(60);
    expect(places.get("b")!.y).toBeGreaterThan(5);
    expect(places.get("c")).toEqual({ x: 140, y: 95 });
  });
  it("leave a space beside one another, so that two are not read as one", () => {
    const places = placed([label("a", 50, 50), label("b", 112, 50)], 200, 100);
    expect(places.get("b")!.y).not.toBe(50);
    expect(placed([label("a", 50, 50), label("b", 120, 50)], 200, 100).get("b")).toEqual({ x: 120, y: 50 });
  });
  it("lie over one another only where there is no room at all", () => {
    const places = placed(["a", "b", "c"].map((key) => label(key, 100, 10)), 200, 20);
    expect(places.size).toBe(3);
  });
});
