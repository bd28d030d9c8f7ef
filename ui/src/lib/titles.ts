// What a camera is called: by its title in the public register, else by its name.

/** The title in the language that is read, else in the first that there is, else the name. */
export function titleOf(camera: { readonly title: Readonly<Record<string, string>>; readonly name: string }, language: string): string {
  const wanted = language.startsWith("sr") ? [language, "sr-Latn", "sr", ""] : [language, ""];
  const tag = wanted.find((each) => each in camera.title);
  return (tag === undefined ? Object.values(camera.title)[0] : camera.title[tag]) ?? camera.name;
}
