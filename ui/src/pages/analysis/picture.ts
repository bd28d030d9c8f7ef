// The picture of a chart for a report: the chart with its title, what its lines are, the zone, and how much was watched.

export interface Caption {
  readonly title: string;
  readonly subtitle: string;
  readonly lines: readonly { readonly label: string; readonly colour: string }[];
  readonly notes: readonly string[];
}

const MARGIN = 24;
const LINE = 22;

/** Draws the chart with its caption, in the pixels that the chart has. Returns the PNG. */
export async function pictureOf(chart: HTMLCanvasElement, caption: Caption, colours: Colours): Promise<Blob> {
  const scale = devicePixelRatio;
  const width = chart.width / scale + 2 * MARGIN;
  const head = MARGIN + 1.3 * LINE + LINE + caption.lines.length * LINE + 8;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round((head + chart.height / scale + caption.notes.length * LINE + MARGIN) * scale);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser gives no canvas to draw on");
  context.scale(scale, scale);
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, canvas.width, canvas.height);
  let y = MARGIN + 12;
  const write = (text: string, font: string, colour: string, x = MARGIN) => {
    context.font = font;
    context.fillStyle = colour;
    context.fillText(text, x, y, width - x - MARGIN);
  };
  write(caption.title, "600 20px Georgia, serif", colours.ink);
  y += 1.1 * LINE;
  write(caption.subtitle, "14px system-ui, sans-serif", colours.quiet);
  for (const line of caption.lines) {
    y += LINE;
    context.fillStyle = line.colour;
    context.fillRect(MARGIN, y - 11, 12, 12);
    write(line.label, "14px system-ui, sans-serif", colours.ink, MARGIN + 20);
  }
  context.drawImage(chart, MARGIN, head, chart.width / scale, chart.height / scale);
  y = head + chart.height / scale;
  for (const note of caption.notes) {
    y += LINE;
    write(note, "13px system-ui, sans-serif", colours.quiet);
  }
  return new Promise((done, failed) => canvas.toBlob((blob) => (blob === null ? failed(new Error("the picture is too large")) : done(blob)), "image/png"));
}

/** Hands a file to the browser's downloads. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name.replace(/[^\p{L}\p{N}._-]+/gu, "-");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export interface Colours {
  readonly paper: string;
  readonly ink: string;
  readonly quiet: string;
}

/** Returns a colour of style.css as it is now, light or dark. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Returns the colours of a picture's words, on the colour of a card or of the page. */
export function colours(paper: "--card" | "--paper" = "--card"): Colours {
  return { paper: colour(paper), ink: colour("--ink"), quiet: colour("--quiet") };
}

/** Returns a canvas of a size in CSS pixels, drawn in the pixels that the screen has. */
export function canvasOf(width: number, height: number, draw: (context: CanvasRenderingContext2D) => void): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser gives no canvas to draw on");
  context.scale(devicePixelRatio, devicePixelRatio);
  draw(context);
  return canvas;
}

/** What a drawing may take from style sheets, which a picture of its own has not. */
const DRAWN_BY = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "font-size", "font-weight", "paint-order", "text-anchor"] as const;

/** Returns a drawing of the page as a canvas, in a size in CSS pixels. */
export async function canvasOfDrawing(drawing: SVGSVGElement, width: number, height: number): Promise<HTMLCanvasElement> {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const own = [...drawing.querySelectorAll("*")];
  // As attributes: the content security policy lets no inline style in, of pictures neither.
  [...copy.querySelectorAll("*")].forEach((element, at) => {
    const style = getComputedStyle(own[at] as Element);
    for (const name of DRAWN_BY) element.setAttribute(name, style.getPropertyValue(name));
    element.setAttribute("font-family", "system-ui, sans-serif");
    element.removeAttribute("style");
    element.removeAttribute("class");
  });
  copy.removeAttribute("class");
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
  try {
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    return canvasOf(width, height, (context) => context.drawImage(image, 0, 0, width, height));
  } finally {
    URL.revokeObjectURL(address);
  }
}
