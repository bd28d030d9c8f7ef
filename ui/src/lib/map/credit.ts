// Whose map it is, as its file says: text and links, whatever markup stands there.

export interface Credit {
  readonly text: string;
  /** Where a link leads; null for plain text. */
  readonly href: string | null;
}

/** Returns the parts of an attribution; of its markup only links to the web are kept. */
export function creditOf(markup: string): Credit[] {
  const parsed = new DOMParser().parseFromString(markup, "text/html"); // Runs nothing, and loads nothing.
  const parts: Credit[] = [];
  const walk = (node: Node, href: string | null): void => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = (node.textContent ?? "").replace(/\s+/g, " ");
      if (text !== "") parts.push({ text, href });
      return;
    }
    if (!(node instanceof Element) || node.matches("script, style")) return;
    const own = node.matches("a") ? linkOf(node.getAttribute("href") ?? "") : href;
    for (const child of node.childNodes) walk(child, own);
  };
  for (const child of parsed.body.childNodes) walk(child, null);
  return parts;
}

/** Returns a link to the web; null for any other. */
export function linkOf(href: string): string | null {
  return /^https?:\/\//i.test(href) && URL.canParse(href) ? href : null;
}
