// Tables as CSV (RFC 4180), for spreadsheets. Made from what the page shows, in the browser.

export type Cell = string | number | null | undefined;

const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /[",\r\n]/;

/** Returns a table as CSV. Not known is an empty cell; a text that a spreadsheet would run as a formula gets an apostrophe. */
export function csv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** Saves a table as a file; with a byte order mark, which Excel needs to read UTF-8. */
export function saveCsv(name: string, head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", csv(head, rows)], { type: "text/csv;charset=utf-8" }));
  link.download = `${name.replace(/[^\p{L}\p{N}_-]+/gu, "-")}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

function cell(value: Cell): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const text = FORMULA.test(value) ? `'${value}` : value;
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
