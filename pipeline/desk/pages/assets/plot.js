// Figures of one measure over time, as dots on a time axis.

import { svg } from "./dom.js";

const HEIGHT = 300;
const LEFT = 56;
const RIGHT = 16;
const TOP = 16;
const BOTTOM = 34;
const TICKS = 5;

// Return a drawing of points ({day, number, value}); `choose` is called with a clicked point.
// `joined` points are values of one series, in order.
export function plot(points, choose, joined = false) {
  // one unit is one pixel, so that text is readable on any screen
  const width = Math.min(Math.max(innerWidth - 40, 280), 880);
  const days = points.map((point) => Date.parse(`${point.day}T00:00:00Z`));
  const numbers = points.map((point) => point.number);
  const [first, last] = widened(Math.min(...days), Math.max(...days), 86400000);
  const [low, high, step] = rounded(Math.min(0, ...numbers), Math.max(0, ...numbers));
  const x = (day) => LEFT + ((day - first) / (last - first)) * (width - LEFT - RIGHT);
  const y = (number) => TOP + ((high - number) / (high - low)) * (HEIGHT - TOP - BOTTOM);
  const drawing = svg("svg", {
    viewBox: `0 0 ${width} ${HEIGHT}`,
    class: "plot",
    role: "img",
    "aria-label": "Figures over time; the table below has the same data",
  });
  for (let number = low; number <= high + step / 2; number += step) {
    const line = { x1: LEFT, x2: width - RIGHT, y1: y(number), y2: y(number), class: "grid" };
    drawing.append(svg("line", line));
    drawing.append(label(short(number), LEFT - 10, y(number) + 4, "end"));
  }
  for (const [at, anchor] of [
    [first, "start"],
    [(first + last) / 2, "middle"],
    [last, "end"],
  ]) {
    const day = new Date(at).toISOString().slice(0, 10);
    drawing.append(label(day, x(at), HEIGHT - 10, anchor));
  }
  if (joined) {
    const path = points.map((point, at) => `${x(days[at])},${y(point.number)}`).join(" ");
    drawing.append(svg("polyline", { points: path, class: "joined" }));
  }
  points.forEach((point, at) => {
    const dot = { cx: x(days[at]), cy: y(point.number), r: 5.5 };
    const made = svg("circle", { ...dot, class: point.told ? "dot" : "dot published" });
    made.append(svg("title", null, `${point.day}: ${point.value}`));
    made.addEventListener("click", () => choose(point));
    drawing.append(made);
  });
  return drawing;
}

function label(text, x, y, anchor) {
  return svg("text", { x, y, "text-anchor": anchor, class: "tick" }, text);
}

function widened(low, high, least) {
  const more = Math.max((high - low) * 0.04, least);
  return [low - more, high + more];
}

// Return round numbers that enclose a range, and a round step between them.
function rounded(low, high) {
  if (low === high) return [low - 1, high + 1, 1];
  const rough = (high - low) / TICKS;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].find((one) => one * unit >= rough) * unit;
  return [Math.floor(low / step) * step, Math.ceil(high / step) * step, step];
}

function short(number) {
  const compact = { notation: "compact", maximumFractionDigits: 2 };
  return new Intl.NumberFormat("en", compact).format(number);
}
