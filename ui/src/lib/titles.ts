// What a camera is called: by its title in the public register, else by its name.
import { cyrillic } from "./cyrillic";

/** The title in the language that is read, else in the first that there is, else the name. */
export function titleOf(camera: { readonly title: Readonly<Record<string, string>>; readonly name: string }, language: string): string {
  const wanted = language.startsWith("sr") ? [language, "sr-Latn", "sr-Cyrl", "sr", ""] : [language, ""];
  const tag = wanted.find((each) => each in camera.title);
  const found = tag === undefined ? Object.values(camera.title)[0] : camera.title[tag];
  // As the public register does: of Serbian's two scripts one is made from the other.
  return language === "sr-Cyrl" && tag === "sr-Latn" && found !== undefined ? cyrillic(found) : (found ?? camera.name);
}
