// The language that a person reads: chosen by hand, else the browser's.

export const LANGUAGES = { en: "English", "sr-Latn": "Srpski", "sr-Cyrl": "Српски" } as const;
export type Language = keyof typeof LANGUAGES;

/** The cookie that the pages of log-in and account read, too: src/passerby/web/edge/language.py. */
const COOKIE = "passerby_language";
const KEPT_S = 365 * 24 * 3600;

/** The language for a list of languages as browsers give it, best first. */
export function languageOf(wanted: readonly string[]): Language {
  for (const each of wanted.map((tag) => tag.toLowerCase())) {
    if (each.startsWith("en")) return "en";
    if (each.startsWith("sr-latn") || each.startsWith("bs") || each.startsWith("hr")) return "sr-Latn";
    if (each.startsWith("sr")) return "sr-Cyrl";
  }
  return "en";
}

/** The language that was chosen, out of a browser's cookies as one text. */
export function chosenIn(cookies: string): Language | null {
  const found = cookies.split("; ").find((each) => each.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
  return found !== undefined && Object.hasOwn(LANGUAGES, found) ? (found as Language) : null;
}

class Chosen {
  current = $state<Language>(chosenIn(globalThis.document?.cookie ?? "") ?? languageOf(globalThis.navigator?.languages ?? []));

  choose(language: Language): void {
    this.current = language;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${COOKIE}=${language}; path=/; max-age=${KEPT_S}; samesite=lax${secure}`;
  }
}

export const language = new Chosen();
