// Serbian in Latin script written in Cyrillic, letter by letter.

const PAIRS: Readonly<Record<string, string>> = { lj: "љ", nj: "њ", dž: "џ" };
const LETTERS: Readonly<Record<string, string>> = {
  a: "а", b: "б", c: "ц", č: "ч", ć: "ћ", d: "д", đ: "ђ", e: "е", f: "ф", g: "г", h: "х", i: "и", j: "ј", k: "к", l: "л",
  m: "м", n: "н", o: "о", p: "п", r: "р", s: "с", š: "ш", t: "т", u: "у", v: "в", z: "з", ž: "ж",
};

/** What stays as it is: addresses, commands, names, formats, keys and units (whose signs are Latin in Serbian, too). */
const KEPT = new RegExp(
  [
    "[a-z]+:\\/\\/\\S+",
    "`[^`]*`",
    "(?<!\\p{L})(?:passerby|PMTiles|ONVIF|RTSP|WebGL|Parquet|GeoJSON|YAML|HTTPS?|JSON|CSV|PNG|PDF|PEM|API|URL|PIN|PET|TTC|PHF|EEMUA|GDPR|SHA-256|X25519|Ed25519|TLS|QR|SVG|IP|ID|Fruin|Wilson|Enter|Escape|Esc|Delete|Shift|Ctrl|Alt|Tab)(?!\\p{L})",
    "(?<!\\p{L})(?:F|A(?= do F)|km\\/h|m\\/s|m²|km|cm|mm|ms|px|fps|m|s)(?!\\p{L})",
  ].join("|"),
  "gu",
);
const APART = /(in|kon|van|an)(j)(ekc|unk|ug)|(na)(d)(živ)/gi;

/** A text in Cyrillic script; what is no Serbian word stays. */
export function cyrillic(latin: string): string {
  const kept = [...latin.matchAll(KEPT)];
  let text = "";
  let from = 0;
  for (const match of kept) {
    text += written(latin.slice(from, match.index)) + match[0];
    from = match.index + match[0].length;
  }
  return text + written(latin.slice(from));
}

function written(latin: string): string {
  const apart = latin.replace(APART, (word) => [...word].join("\u200d"));
  const pairs = apart.replace(/lj|nj|dž/gi, (pair) => cased(pair, PAIRS[pair.toLowerCase()] ?? pair));
  return [...pairs].map((letter) => cased(letter, LETTERS[letter.toLowerCase()] ?? letter)).join("").replaceAll("\u200d", "");
}

function cased(latin: string, letter: string): string {
  return latin[0] === latin[0]?.toLowerCase() ? letter : letter.toUpperCase();
}
