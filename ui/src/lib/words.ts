// The texts of a page in the language that is read, with ICU messages for numbers and plurals.
import { IntlMessageFormat } from "intl-messageformat";
import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { cyrillic } from "./cyrillic";
import { language, type Language } from "./language.svelte";

/** Each text in English and in Serbian (Latin script; Cyrillic is made from it), as an ICU message. */
export type Catalogue = Readonly<Record<string, readonly [english: string, serbian: string]>>;
export type Values = Readonly<Record<string, string | number | Date>>;

/** Returns the function that gives the texts of a catalogue: `t("crossings", { n: 3 })`. */
export function words<C extends Catalogue>(catalogue: C): (key: keyof C & string, values?: Values) => string {
  const kept = new Map<string, IntlMessageFormat>();
  return (key, values) => {
    const read = language.current;
    const id = `${read} ${key}`;
    let message = kept.get(id);
    if (message === undefined) {
      message = messageIn(read, catalogue[key] ?? ([key, key] as const));
      kept.set(id, message);
    }
    return String(message.format(values));
  };
}

/** Returns one text as a message in a language. */
export function messageIn(read: Language, pair: readonly [string, string]): IntlMessageFormat {
  const parsed = parse(read === "en" ? pair[0] : pair[1], { ignoreTag: true });
  return new IntlMessageFormat(read === "sr-Cyrl" ? parsed.map(inCyrillic) : parsed, localeOf(read));
}

/** Returns the locale for numbers and dates. */
export function localeOf(read: Language): string {
  return read === "en" ? "en-GB" : `${read}-RS`;
}

function inCyrillic(element: MessageFormatElement): MessageFormatElement {
  if (element.type === TYPE.literal) return { ...element, value: cyrillic(element.value) };
  if (element.type === TYPE.plural || element.type === TYPE.select) {
    const options = Object.entries(element.options).map(([name, option]) => [name, { ...option, value: option.value.map(inCyrillic) }]);
    return { ...element, options: Object.fromEntries(options) } as MessageFormatElement;
  }
  return element;
}
