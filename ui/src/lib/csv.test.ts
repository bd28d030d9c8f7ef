import { expect, test } from "vitest";
import { csv } from "./csv";

test("cells are quoted where they have to be, and what is not known is empty", () => {
  expect(csv(["line", "count"], [["west, gate", 12], ['the "old" one', null], ["a\nb", Number.NaN]])).toBe(
    'line,count\r\n"west, gate",12\r\n"the ""old"" one",\r\n"a\nb",\r\n',
  );
});

test.each(["=1+1", "+1", "-1", "@x", "\tx"])("%j is no formula", (text) => {
  expect(csv([text], [])).toBe(`'${text}\r\n`);
});

test("a negative number stays a number", () => {
  expect(csv([], [[-1.5]])).toBe("\r\n-1.5\r\n");
});
