// The names of the languages in which a register is written, each in itself; a tag that is none of them stays as it is.
export const LANGUAGE_NAMES: Readonly<Record<string, string>> = { en: "English", "sr-Latn": "srpski (latinica)", "sr-Cyrl": "српски (ћирилица)" };
