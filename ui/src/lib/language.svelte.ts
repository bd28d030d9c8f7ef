// The language that a person reads: chosen by hand, else the browser's.

export const LANGUAGES = { en: "English", "sr-Latn": "Srpski", "sr-Cyrl": "Српски" } as const;
export type Language = keyof typeof LANGUAGES;

const KEY = "passerby.language";

/** The language for a list of languages as browsers give it, best first. */
export function languageOf(wanted: readonly string[]): Language {
  for (const each of wanted.map((tag) => tag.toLowerCase())) {
    if (each.startsWith("en")) return "en";
    if (each.startsWith("sr-latn") || each.startsWith("bs") || each.startsWith("hr")) return "sr-Latn";
    if (each.startsWith("sr")) return "sr-Cyrl";
  }
  return "en";
}

function stored(): Language | null {
  try {
    const found = localStorage.getItem(KEY);
    return found !== null && found in LANGUAGES ? (found as Language) : null;
  } catch {
    return null; // A browser may forbid storage.
  }
}

class Chosen {
  current = $state<Language>(stored() ?? languageOf(globalThis.navigator?.languages ?? []));

  choose(language: Language): void {
    this.current = language;
    try {
      localStorage.setItem(KEY, language);
    } catch {
      // It holds until the page is closed.
    }
  }
}

export const language = new Chosen();
