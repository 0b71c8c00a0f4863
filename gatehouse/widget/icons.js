/** Line icons on a 24-pixel grid, drawn for this page. */

import { svg } from "./dom.js";

const PATHS = {
  alert: "M12 4 3 20h18L12 4zM12 10v5M12 17.5v.5",
  area: "M4 9V4h5M20 15v5h-5M4 4l6.5 6.5M20 20l-6.5-6.5",
  back: "M15 5l-7 7 7 7",
  bath: "M4 12h17v2a5 5 0 0 1-5 5H9a5 5 0 0 1-5-5v-2zM6 12V6a2 2 0 0 1 4 0M7 19l-1 2M18 19l1 2",
  bed: "M3 18v-8M3 15h18v3M21 15v-2a3 3 0 0 0-3-3h-7v5M7 12.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z",
  calendar: "M5 6h14v14H5zM5 10.5h14M9 3.5V7M15 3.5V7M9 14.5h.5M14.5 14.5h.5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  columns: "M4 5h6.5v14H4zM13.5 5H20v14h-6.5z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14",
  forward: "M9 5l7 7-7 7",
  gate: "M4 20V11a8 8 0 0 1 16 0v9M4 20h16M9 20v-8a3 3 0 0 1 6 0v8",
  globe: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17",
  heart: "M12 20S4 15.2 4 9.3A4.3 4.3 0 0 1 12 7a4.3 4.3 0 0 1 8 2.3C20 15.2 12 20 12 20z",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 11v5.5M12 7.5v.5",
  key: "M8.5 19a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM11.5 12.5L20 4M16 8l3 3M13.5 10.5l2 2",
  lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3M12 14.5v2",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z",
  person: "M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4zM5 20a7 7 0 0 1 14 0",
  photos: "M4 6h16v13H4zM4 16l5-5 4 4 2.5-2.5L20 17M15.5 9.5h.5",
  restart: "M5 5v5h5M5.6 10A7.5 7.5 0 1 1 4.6 14.5",
  send: "M12 20V5M5.5 11L12 4.5 18.5 11",
  speech: "M5 5h14v11H11l-4 4v-4H5z",
  star: "M12 4l2.4 5.2 5.6.7-4.1 3.9 1.1 5.6-5-2.8-5 2.8 1.1-5.6L4 9.9l5.6-.7z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  auto: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 3.5v17M12 8h4.5M12 12h6M12 16h4.5",
  thumbdown: "M8 5v9l3.5 6.5c1.5 0 2.2-1 2-2.3L13 15h5.2a1.8 1.8 0 0 0 1.8-2.2l-1.3-6A2.2 2.2 0 0 0 16.500 5H8zM8 5H4.500v9H8",
  thumbup: "M8 19v-9l3.500-6.500c1.500 0 2.200 1 2 2.300L13 9h5.200a1.800 1.800 0 0 1 1.800 2.200l-1.300 6a2.200 2.200 0 0 1-2.200 1.800H8zM8 19H4.500v-9H8",
};

/** The icon of that name, hidden from screen readers. */
export function icon(name) {
  const drawing = svg("svg", { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" });
  drawing.append(svg("path", { d: PATHS[name] }));
  return drawing;
}
