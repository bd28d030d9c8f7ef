import { expect, test } from "vitest";
import { cyrillic } from "./cyrillic";

test.each([
  ["Kamere", "Камере"],
  ["Ljudi i vozila", "Људи и возила"],
  ["NJEGOVA njiva, DŽEP, džep", "ЊЕГОВА њива, ЏЕП, џеп"],
  ["Žđčćš", "Жђчћш"],
  ["Izvezi CSV iz passerby", "Извези CSV из passerby"],
  ["injekcija", "инјекција"],
  ["50 km/h", "50 km/h"],
  ["", ""],
])("%s is written %s", (latin, expected) => {
  expect(cyrillic(latin)).toBe(expected);
});
