// Numbers as people read them; not known is a dash, never zero.
import { language } from "./language.svelte";
import { localeOf } from "./words";

export const NOT_KNOWN = "–";

/** A number with so many digits after the point. */
export function number(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined) return NOT_KNOWN;
  const locale = localeOf(language.current);
  const key = `${locale} ${digits}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
    formats.set(key, format);
  }
  return format.format(value);
}

/** A share of what was watched: never rounded down to nothing, nor up to all. */
export function watchedShare(share: number | null | undefined): string {
  if (share === null || share === undefined) return NOT_KNOWN;
  return share > 0 && share < 0.01 ? "<\u00a01\u00a0%" : `${number(Math.floor(100 * share + 1e-6))}\u00a0%`;
}
// Making one takes longer than writing a hundred numbers with it.
const formats = new Map<string, Intl.NumberFormat>();

/** A share from 0 to 1 in per cent. */
export function percent(share: number | null | undefined, digits = 0): string {
  return share === null || share === undefined ? NOT_KNOWN : `${number(100 * share, digits)}\u00a0%`;
}
