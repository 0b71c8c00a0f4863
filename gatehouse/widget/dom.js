/** Builds nodes. Data becomes text or attributes, never markup. */

const SVG = "http://www.w3.org/2000/svg";
const FORBIDDEN = new Set(["style", "innerHTML", "outerHTML", "srcdoc"]);

/**
 * A new element. `on` holds listeners; a value of false, null or undefined leaves the attribute out;
 * true sets it empty. Children are nodes, strings, or nothing.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) assign(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function assign(node, name, value) {
  if (FORBIDDEN.has(name)) throw new Error(`${name} is not built here`);
  if (name === "on") {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === "text") {
    node.textContent = value;
  } else if (value !== false && value !== null && value !== undefined) {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

/** An SVG element of the given tag and attributes. */
export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** An absolute http(s) address on the way from `base`, or null for anything else (javascript:, data:). */
export function safeAddress(address, base) {
  try {
    const url = new URL(String(address), base);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** As `safeAddress`, but only on `base`'s own host: pictures never leave for another one. */
export function ownAddress(address, base) {
  const href = safeAddress(address, base);
  return href && new URL(href).origin === new URL(base).origin ? href : null;
}

/** True when the visitor wants less movement. */
export function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
