/** What the page remembers on this device. Falls back to memory where a browser forbids storage. */

const memory = new Map();

function box(kind) {
  try {
    return window[kind];
  } catch {
    return null;
  }
}

/** The value kept under `name`, or `otherwise`. */
export function recall(name, otherwise = null, kind = "localStorage") {
  const key = `gatehouse.${name}`;
  try {
    const text = box(kind)?.getItem(key) ?? memory.get(key);
    return text ? JSON.parse(text) : otherwise;
  } catch {
    return otherwise;
  }
}

/** Keeps a value; null forgets it. */
export function keep(name, value, kind = "localStorage") {
  const key = `gatehouse.${name}`;
  const text = value === null ? null : JSON.stringify(value);
  if (text === null) memory.delete(key);
  else memory.set(key, text);
  try {
    if (text === null) box(kind)?.removeItem(key);
    else box(kind)?.setItem(key, text);
  } catch {
    // Full or forbidden: the copy in memory lasts as long as the page.
  }
}
