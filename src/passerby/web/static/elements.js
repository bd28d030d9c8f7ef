// Making elements without any markup in strings: names come from a site file, and nothing of them is ever parsed.

const SVG = "http://www.w3.org/2000/svg";

function filled(node, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** An HTML element; `on…` properties are listeners, the others attributes. */
export function el(tag, properties = {}, ...children) {
  return filled(document.createElement(tag), properties, children);
}

/** An SVG element. */
export function svg(tag, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), properties, children);
}

/** Sets a text only where it differs, so that screen readers and selections are left alone. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Sets a number's text, and lets it swell for a moment when it has grown. */
export function sayCount(node, text, value) {
  const before = node.dataset.value;
  say(node, text);
  node.dataset.value = value ?? "";
  const grown = before !== undefined && before !== "" && value !== null && value > Number(before);
  if (grown && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
    node.animate([{ transform: "scale(1)" }, { transform: "scale(1.28)", offset: 0.3 }, { transform: "scale(1)" }], {
      duration: 420,
      easing: "ease-out",
    });
  }
}

/** An arrow that points to the right, turned clockwise by some degrees. */
export function arrow(degrees) {
  return svg("svg", { class: "arrow", viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { d: "M2 8h11M8.5 3.5 13 8l-4.5 4.5", transform: `rotate(${degrees.toFixed(1)} 8 8)` }));
}
