// The pictures of what the page shows as tables: hours by days as fields, and the peak hours as bars.
import { canvasOf, colour } from "./picture";

const FONT = "12px system-ui, sans-serif";

export interface Field {
  /** As a share of the highest; null for not watched. */
  readonly share: number | null;
  readonly text: string;
  /** There is no such hour. */
  readonly none: boolean;
}

const NAME = 120;
const FIELD = 36;
const ROW = 28;

/** Draws hours by days, as the table on the page does. */
export function fieldsCanvas(rows: readonly { readonly name: string; readonly fields: readonly Field[] }[]): HTMLCanvasElement {
  return canvasOf(NAME + 24 * FIELD, ROW * (rows.length + 1), (context) => {
    const [accent, card, track, ink, quiet] = ["--accent", "--card", "--track", "--ink", "--quiet"].map(colour) as [string, string, string, string, string];
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    context.font = FONT;
    context.textBaseline = "middle";
    const write = (text: string, x: number, y: number, fill: string, align: CanvasTextAlign) => {
      context.fillStyle = fill;
      context.textAlign = align;
      context.fillText(text, x, y, align === "left" ? NAME - 8 : FIELD - 4);
    };
    for (let hour = 0; hour < 24; hour += 1) write(String(hour), NAME + (hour + 0.5) * FIELD, ROW / 2, quiet, "center");
    rows.forEach((row, at) => {
      const y = (at + 1) * ROW;
      write(row.name, 0, y + ROW / 2, ink, "left");
      row.fields.forEach(({ share, text, none }, hour) => {
        if (none) return;
        const x = NAME + hour * FIELD;
        context.fillStyle = card;
        context.fillRect(x + 1, y + 1, FIELD - 2, ROW - 2);
        if (share === null) return hatch(context, x + 1, y + 1, FIELD - 2, ROW - 2, track);
        context.globalAlpha = 0.88 * share;
        context.fillStyle = accent;
        context.fillRect(x + 1, y + 1, FIELD - 2, ROW - 2);
        context.globalAlpha = 1;
        // As on the page: what is read on every mixture of the accent and the card.
        write(text, x + FIELD / 2, y + ROW / 2, (dark ? share <= 0.62 : share > 0.85) ? "#fff" : "#000", "center");
      });
    });
  });
}

function hatch(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, ink: string): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = ink;
  context.lineWidth = 4;
  context.beginPath();
  for (let from = x - height; from < x + width; from += 11) {
    context.moveTo(from, y + height);
    context.lineTo(from + height, y);
  }
  context.stroke();
  context.restore();
}

const BAR_NAME = 150;
const BAR = 420;
const BAR_TEXT = 240;

/** Draws a bar a day with its words: the day before it, its number and hour after it. */
export function barsCanvas(bars: readonly { readonly name: string; readonly share: number; readonly text: string }[]): HTMLCanvasElement {
  const high = 24;
  return canvasOf(BAR_NAME + BAR + BAR_TEXT, high * bars.length, (context) => {
    const [accent, ink, quiet] = ["--accent", "--ink", "--quiet"].map(colour) as [string, string, string];
    context.font = FONT;
    context.textBaseline = "middle";
    bars.forEach(({ name, share, text }, at) => {
      const y = at * high;
      context.fillStyle = ink;
      context.fillText(name, 0, y + high / 2, BAR_NAME - 10);
      context.fillStyle = accent;
      context.fillRect(BAR_NAME, y + 4, BAR * share, high - 8);
      context.fillStyle = quiet;
      context.fillText(text, BAR_NAME + BAR * share + 8, y + high / 2, BAR_TEXT + BAR * (1 - share) - 8);
    });
  });
}
