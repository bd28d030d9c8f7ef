// Marks of cameras on the map, drawn here: a shape for each tone, as beside the words of the list.
import type { Tone } from "../../lib/states";

export interface Colours { paper: string; card: string; ink: string; rule: string; good: string; idle: string; warn: string; bad: string }

const SIDE_PX = 44;
const HALF = SIDE_PX / 2;

/** The colours of the page, as they stand at an element. */
export function coloursOf(node: Element): Colours {
  const style = getComputedStyle(node);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return { paper: of("card"), card: of("card"), ink: of("ink"), rule: of("rule"), good: of("good"), idle: of("quiet"), warn: of("warn"), bad: of("bad") };
}

function drawn(width: number, draw: (pen: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = SIDE_PX;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (pen === null) return new ImageData(width, SIDE_PX);
  draw(pen);
  return pen.getImageData(0, 0, width, SIDE_PX);
}

/** A camera: round where all is well, a ring where nothing is known, a diamond or a square where something is wrong. */
export function markImage(tone: Tone, colours: Colours, event: boolean): ImageData {
  return drawn(SIDE_PX, (pen) => {
    pen.lineWidth = 4;
    pen.strokeStyle = colours.card;
    pen.fillStyle = colours[tone];
    pen.beginPath();
    if (tone === "warn") for (const [x, y] of [[HALF, 8], [36, HALF], [HALF, 36], [8, HALF]] as const) pen.lineTo(x, y);
    else if (tone === "bad") pen.rect(11, 11, 22, 22);
    else pen.arc(HALF, HALF, 12, 0, 2 * Math.PI);
    pen.closePath();
    pen.stroke();
    pen.fill();
    if (tone === "idle") {
      pen.fillStyle = colours.card;
      pen.beginPath();
      pen.arc(HALF, HALF, 6, 0, 2 * Math.PI);
      pen.fill();
    }
    if (event) {
      pen.strokeStyle = colours.bad;
      pen.lineWidth = 3;
      pen.beginPath();
      pen.arc(HALF, HALF, 19, 0, 2 * Math.PI);
      pen.stroke();
    }
  });
}

/** Several cameras that lie together: how many; with `!` in front, something is wrong at one of them. */
export function numberImage(words: string, colours: Colours): ImageData {
  const number = words.replace("!", "");
  return drawn(SIDE_PX + 10 * Math.max(0, number.length - 2), (pen) => {
    const width = pen.canvas.width;
    pen.fillStyle = colours.card;
    pen.strokeStyle = words.startsWith("!") ? colours.warn : colours.good;
    pen.lineWidth = 4;
    pen.beginPath();
    pen.roundRect(4, 4, width - 8, SIDE_PX - 8, HALF);
    pen.fill();
    pen.stroke();
    pen.fillStyle = colours.ink;
    pen.font = "600 20px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(number, width / 2, HALF + 1);
  });
}
