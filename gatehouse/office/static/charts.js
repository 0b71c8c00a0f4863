// Charts as SVG, drawn from the figures' own data. Colours come from the style sheet.

const SPACE = "http://www.w3.org/2000/svg";

export function drawCharts() {
  for (const figure of document.querySelectorAll("figure[data-chart]")) {
    if (figure.firstElementChild) continue;
    const draw = figure.dataset.chart === "evidence" ? evidence : times;
    figure.append(draw(JSON.parse(figure.dataset.of), figure.dataset.told));
  }
}

function node(name, attributes, ...children) {
  const made = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function picture(width, height, told) {
  const box = `0 0 ${width} ${height}`;
  return node("svg", { viewBox: box, role: "img", "aria-label": told });
}

const label = (x, y, text, kind = "", anchor = "start") =>
  node("text", { x, y, class: `label ${kind}`, "text-anchor": anchor }, text);

const line = (x1, y1, x2, y2, kind) => node("line", { x1, y1, x2, y2, class: kind });

const round = (value) => Math.round(value * 10) / 10;

function steps(points) {
  return points
    .map(([x, y], place) => (place ? `H${round(x)}V${round(y)}` : `M${round(x)} ${round(y)}`))
    .join("");
}

// Evidence of harm grows upwards to the edge "failed", evidence of safety downwards to "certified".
function evidence({ points }, told) {
  const wide = 360;
  const high = 144;
  const [left, right, top, bottom] = [4, wide - 4, 22, high - 26];
  const middle = (top + bottom) / 2;
  const reach = (bottom - top) / 2;
  const svg = picture(wide, high, told);
  const first = points[0][0];
  const last = points.at(-1)[0];
  const x = (at) => (last > first ? left + ((right - left - 8) * (at - first)) / (last - first) : right - 8);
  const up = (part) => middle - reach * Math.min(part, 1.15);
  const down = (part) => middle + reach * Math.min(part, 1.15);
  svg.append(
    node("rect", { x: left, y: top - 8, width: right - left, height: 8, class: "band bad" }),
    node("rect", { x: left, y: bottom, width: right - left, height: 8, class: "band good" }),
    line(left, top, right, top, "edge bad"),
    line(left, bottom, right, bottom, "edge good"),
    line(left, middle, right, middle, "zero"),
  );
  for (const [place, point] of points.entries()) {
    if (place && point[3] !== points[place - 1][3]) {
      svg.append(line(x(point[0]), top, x(point[0]), bottom, "turn"));
    }
  }
  const harm = points.map(([at, part]) => [x(at), up(part)]);
  const safe = points.map(([at, , part]) => [x(at), down(part)]);
  const bad = kind(points.map((point) => point[1]), "bad");
  const good = kind(points.map((point) => point[2]), "good");
  const area = (line_) => `${steps(line_)}V${middle}H${round(line_[0][0])}Z`;
  svg.append(
    node("path", { d: area(safe), class: "area good" }),
    node("path", { d: area(harm), class: "area bad" }),
    node("path", { d: steps(safe), class: `way ${good}` }),
    node("path", { d: steps(harm), class: `way ${bad}` }),
    node("circle", { cx: safe.at(-1)[0], cy: safe.at(-1)[1], r: 3, class: `tip ${good}` }),
    node("circle", { cx: harm.at(-1)[0], cy: harm.at(-1)[1], r: 3, class: `tip ${bad}` }),
    label(left, 10, "failed", "bad"),
    label(left, high - 4, "certified", "good"),
    label(right, high - 4, span(first, last), "", "end"),
  );
  return svg;
}

// In the agency's time zone, as everything on the page.
function span(first, last) {
  const timeZone = document.querySelector("[data-zone]")?.dataset.zone;
  const form = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone };
  const clock = (at) => new Date(at * 1000).toLocaleTimeString("en-GB", form);
  return `${clock(first)} – ${clock(last)}`;
}

// A way that has not left the middle is quiet.
const kind = (parts, tone) => (Math.max(...parts) < 0.02 ? "flat" : tone);

const inSeconds = (ms) => (ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`);

// Two distributions over the same edges, one bucket as wide as the other: the axis is not linear.
function times({ edges, canary, stable, edge }, told) {
  const wide = 560;
  const high = 190;
  const [left, right, top, bottom] = [6, wide - 6, 22, high - 24];
  const used = canary.map((part, place) => (part || stable[place] ? place : -1)).filter((place) => place >= 0);
  const from = Math.max(Math.min(...used) - 1, 0);
  const to = Math.min(Math.max(...used) + 1, canary.length - 1);
  const width = (right - left) / (to - from + 1);
  const most = Math.max(...canary, ...stable) || 1;
  const x = (place) => left + (place - from) * width;
  const y = (part) => bottom - ((bottom - top) * part) / most;
  const svg = picture(wide, high, told);
  svg.append(line(left, bottom, right, bottom, "zero"));
  const outline = (parts) => {
    let path = `M${round(x(from))} ${bottom}`;
    for (let place = from; place <= to; place += 1) {
      path += `V${round(y(parts[place]))}H${round(x(place + 1))}`;
    }
    return `${path}V${bottom}`;
  };
  svg.append(
    node("path", { d: `${outline(stable)}Z`, class: "area old" }),
    node("path", { d: `${outline(canary)}Z`, class: "area new" }),
    node("path", { d: outline(stable), class: "way old" }),
    node("path", { d: outline(canary), class: "way new" }),
  );
  const every = Math.ceil((to - from) / 7);
  for (let place = from; place < to; place += every) {
    svg.append(label(x(place + 1), high - 8, inSeconds(edges[place]), "", "middle"));
  }
  const limit = placeOf(edge, edges);
  if (limit > from && limit <= to + 1) {
    const anchor = x(limit) > wide / 3 ? "end" : "start";
    svg.append(line(x(limit), top - 8, x(limit), bottom, "edge bad"));
    svg.append(label(x(limit) + (anchor === "end" ? -5 : 5), top - 4, `limit ${inSeconds(edge)}`, "bad", anchor));
  }
  return svg;
}

// Where a time lies among the buckets; -1 without one.
function placeOf(ms, edges) {
  const above = ms === null ? -1 : edges.findIndex((each) => each >= ms);
  if (above < 0) return -1;
  const below = above ? edges[above - 1] : 0;
  return above + (ms - below) / (edges[above] - below);
}
