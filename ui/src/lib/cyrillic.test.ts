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
  ["rtsp://10.0.3.7/main: bez lozinke", "rtsp://10.0.3.7/main: без лозинке"],
  ["napravite ih sa `passerby register case-key FILE.pem`", "направите их са `passerby register case-key FILE.pem`"],
  ["Tabela, tabla, Tab i Escape prekida", "Табела, табла, Tab и Escape прекида"],
  ["Greška 0,3 m, slika u px, 4 s", "Грешка 0,3 m, слика у px, 4 s"],
  ["sam, most, pes, nivo od A do F", "сам, мост, пес, ниво од A до F"],
  ["Osnov (GDPR čl. 6), kamere sa ONVIF-om", "Основ (GDPR чл. 6), камере са ONVIF-ом"],
  ["", ""],
])("%s is written %s", (latin, expected) => {
  expect(cyrillic(latin)).toBe(expected);
});
