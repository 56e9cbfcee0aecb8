// Draws the timeline into one canvas: measured past, faint planned future,
// gaps as gaps. All words come from the view; nothing is judged here.

import { axis, gapRect, offScale, place, runs, scale, thin, x, y, type Frame, type Placed, type Strip } from "./geometry.ts";
import type { Cuff, Kept, Segment, Series, Timeline, Tone } from "./types.ts";

/** Ink is every colour and font of the drawing, read from the page's tokens. */
export interface Ink {
  text: string;
  soft: string;
  quiet: string;
  line: string;
  future: string;
  ground: string;
  accent: string;
  amber: string;
  red: string;
  font: string;
  channel: Record<string, string>;
}

/** Picture is what is drawn besides the view. */
export interface Picture {
  now: number;
  clock: (ms: number) => string;
  zoneMS: number;
  nowLabel: string;
  /** Where a finger or a pointer rests, as an instant. */
  probe?: number | undefined;
  /** Draws the lane of a prediction, while one is shown. */
  predicted?: ((c: Ctx, f: Frame, s: Strip, ink: Ink) => void) | undefined;
}

type Ctx = CanvasRenderingContext2D;

const small = 12.5;
const body = 14;

export function paint(c: Ctx, f: Frame, t: Timeline, ink: Ink, p: Picture): void {
  c.clearRect(0, 0, f.width, f.height);
  ground(c, f, ink, p);
  for (const s of f.strips) lane(c, f, s, ink);
  for (const s of f.strips) {
    if (s.lane.kind === "rate") rate(c, f, s, t, ink, p.now);
    else if (s.lane.kind === "expected") p.predicted?.(c, f, s, ink);
    else if (s.lane.kind === "nibp") for (const cuff of t.cuffs ?? []) whisker(c, f, s, cuff, ink);
    const own = (t.series ?? []).filter((q) => q.kind === s.lane.kind && (q.points.length > 0 || (q.gaps ?? []).length > 0));
    if (s.lane.kind !== "nibp") own.forEach((q, i) => curve(c, f, s, q, i, ink));
    for (const k of t.kept ?? []) if (k.kind === s.lane.kind) keptValue(c, f, s, k, ink);
    for (const q of own) gaps(c, f, s, q, ink, p.now);
    beyond(c, f, s, t, ink);
  }
  nowLine(c, f, ink, p);
  events(c, f, t, ink);
  if (signed(t)) legend(c, f, ink);
}

function font(c: Ctx, ink: Ink, size: number, weight = 400): void {
  c.font = `${weight} ${size}px ${ink.font}`;
}

function hairline(c: Ctx, x1: number, y1: number, x2: number, y2: number, colour: string, dash: number[] = [], width = 1): void {
  c.beginPath();
  c.setLineDash(dash);
  c.lineWidth = width;
  c.strokeStyle = colour;
  c.moveTo(x1, y1);
  c.lineTo(x2, y2);
  c.stroke();
  c.setLineDash([]);
}

const crisp = (v: number): number => Math.round(v) + 0.5;

/** tone gives the colour of a tone decided by Go. */
function tone(ink: Ink, t: Tone | undefined, plain: string): string {
  if (t === "amber") return ink.amber;
  if (t === "red") return ink.red;
  return t === "quiet" ? ink.quiet : plain;
}

function ground(c: Ctx, f: Frame, ink: Ink, p: Picture): void {
  const now = Math.min(f.right, Math.max(f.left, x(f, p.now)));
  c.fillStyle = ink.future;
  c.fillRect(now, f.top, f.right - now, f.bottom - f.top);
  font(c, ink, body);
  c.textBaseline = "middle";
  c.textAlign = "center";
  const label = c.measureText(p.nowLabel).width / 2 + 8;
  for (const t of axis(f, p.zoneMS)) {
    const at = x(f, t);
    hairline(c, crisp(at), f.top, crisp(at), f.bottom, ink.line);
    const half = c.measureText(p.clock(t)).width / 2;
    if (at - half < f.left - half - 1 || at + half > f.width) continue;
    // Behind the now line the hour of "now" stands instead.
    if (p.now >= f.from && p.now <= f.to && Math.abs(at - now) < label + half) continue;
    c.fillStyle = ink.quiet;
    c.fillText(p.clock(t), at, f.bottom + 20);
  }
}

/** So high is a lane, in pixels, that has its unit below its name. */
const twoLines = 42;

function lane(c: Ctx, f: Frame, s: Strip, ink: Ink): void {
  const narrow = f.left < 60;
  hairline(c, narrow ? 0 : 4, crisp(s.bottom), f.right, crisp(s.bottom), ink.line);
  c.textBaseline = "alphabetic";
  c.textAlign = "left";
  if (!narrow) {
    // A lane that notices have pressed low has no room for two lines: the unit
    // stands beside the value, at the right.
    const room = s.bottom - s.top >= twoLines;
    font(c, ink, 15);
    c.fillStyle = ink.text;
    c.fillText(s.lane.label, 4, room ? s.top + 20 : (s.top + s.bottom) / 2 + 5);
    font(c, ink, 13);
    c.fillStyle = ink.quiet;
    if (room) c.fillText(s.lane.unit, 4, s.top + 37);
  }
  scaleText(c, f, s, ink, narrow);
  if (narrow) {
    font(c, ink, small);
    c.fillStyle = ink.soft;
    c.textAlign = "left";
    c.fillText(`${s.lane.label} ${s.lane.unit}`, f.left, s.top - 1);
  }
  levels(c, f, s, ink);
}

function scaleText(c: Ctx, f: Frame, s: Strip, ink: Ink, narrow: boolean): void {
  font(c, ink, narrow ? 11 : small);
  c.textAlign = "right";
  c.textBaseline = "middle";
  c.fillStyle = ink.quiet;
  const values = scale(s);
  // On a phone a lane can be too low for both its ends.
  const low = s.bottom - s.top < 30;
  values.forEach((v, i) => {
    if (narrow && (low || i > 0) && i < values.length - 1) return;
    c.fillText(String(Math.round(v * 100) / 100), f.left - 7, y(s, v));
  });
  c.textBaseline = "alphabetic";
}

function levels(c: Ctx, f: Frame, s: Strip, ink: Ink): void {
  const all = [...(s.lane.limits ?? []), ...(s.lane.baseline ? [s.lane.baseline] : [])];
  font(c, ink, small);
  c.textAlign = "right";
  for (const l of all) {
    const at = y(s, l.value);
    hairline(c, f.left, crisp(at), f.right, crisp(at), tone(ink, l.tone, ink.quiet), [1, 5]);
    c.fillStyle = tone(ink, l.tone, ink.quiet);
    c.fillText(l.text, f.right - 3, at - 5);
  }
}

function rate(c: Ctx, f: Frame, s: Strip, t: Timeline, ink: Ink, now: number): void {
  const colour = ink.channel["rate"]!;
  clip(c, f, s, () => {
    for (const p of t.planned ?? []) step(c, f, s, p, colour, now);
    steps(c, f, s, t.rate ?? [], colour, now);
  });
  rateWords(c, f, s, t.rate ?? [], ink);
}

/** step draws a planned rate: dotted, and only ahead of what was read. */
function step(c: Ctx, f: Frame, s: Strip, p: Segment, colour: string, now: number): void {
  if (p.to_ms <= now) return;
  c.globalAlpha = 0.75;
  hairline(c, x(f, Math.max(p.from_ms, now)), crisp(y(s, p.rate)), x(f, p.to_ms), crisp(y(s, p.rate)), colour, [1.5, 4.5], 1.5);
  c.globalAlpha = 1;
}

function steps(c: Ctx, f: Frame, s: Strip, read: Segment[], colour: string, now: number): void {
  const floor = y(s, 0);
  let before = floor;
  let end = -Infinity;
  for (const r of read) {
    const a = x(f, r.from_ms);
    const b = x(f, Math.min(r.to_ms || now, now));
    const h = y(s, r.rate);
    c.globalAlpha = 0.2;
    c.fillStyle = colour;
    c.fillRect(a, h, b - a, floor - h);
    c.globalAlpha = 1;
    const from = Math.abs(a - end) < 1 ? before : floor;
    hairline(c, a, from, a, h, colour, [], 2);
    hairline(c, a - 1, h, b, h, colour, [], 2);
    before = h;
    end = b;
  }
  const last = read.at(-1);
  if (last && last.to_ms && last.to_ms < now) hairline(c, end, before, end, floor, colour, [], 2);
}

function rateWords(c: Ctx, f: Frame, s: Strip, read: Segment[], ink: Ink): void {
  font(c, ink, body);
  c.fillStyle = ink.channel["rate"]!;
  c.textAlign = "left";
  let free = -Infinity;
  for (const r of read) {
    const at = Math.max(f.left, x(f, r.from_ms)) + 7;
    const wide = c.measureText(r.text).width;
    if (at < free || at > f.right) continue;
    const left = Math.min(at, f.right - wide - 4);
    c.fillText(r.text, left, Math.max(s.top + 13, y(s, r.rate) - 6));
    free = left + wide + 10;
  }
}

function clip(c: Ctx, f: Frame, s: { top: number; bottom: number }, draw: () => void): void {
  c.save();
  c.beginPath();
  c.rect(f.left - 6, s.top, f.right - f.left + 8, s.bottom - s.top);
  c.clip();
  draw();
  c.restore();
}

/** whisker is one cuff measurement: systolic down, diastolic up, mean as a dot. */
function whisker(c: Ctx, f: Frame, s: Strip, cuff: Cuff, ink: Ink): void {
  const at = x(f, cuff.at_ms);
  if (at < f.left - 1 || at > f.right) return;
  const sys = y(s, cuff.sys);
  const dia = y(s, cuff.dia);
  const arm = f.left < 60 ? 3 : 5;
  c.strokeStyle = c.fillStyle = ink.channel["nibp"]!;
  c.lineWidth = 2;
  c.lineCap = "round";
  c.beginPath();
  c.moveTo(at - arm, sys - arm);
  c.lineTo(at, sys);
  c.lineTo(at + arm, sys - arm);
  c.moveTo(at - arm, dia + arm);
  c.lineTo(at, dia);
  c.lineTo(at + arm, dia + arm);
  c.stroke();
  c.lineCap = "butt";
  hairline(c, at, sys, at, dia, ink.channel["nibp"]!, cuff.unconfirmed ? [3, 3] : [], 2);
  if (cuff.doubt) {
    font(c, ink, body, 700);
    c.textAlign = "center";
    c.fillText("?", at, sys - arm - 4);
  }
  if (cuff.mean) dot(c, at, y(s, cuff.mean), 2.6, !cuff.unconfirmed, ink.channel["nibp"]!, ink);
}

/** dot is full where a person stands behind the value, and a ring where nobody does yet. */
function dot(c: Ctx, at: number, height: number, r: number, full: boolean, colour: string, ink: Ink): void {
  c.beginPath();
  c.arc(at, height, r, 0, 7);
  c.fillStyle = full ? colour : ink.ground;
  c.fill();
  if (full) return;
  c.lineWidth = 1.5;
  c.strokeStyle = colour;
  c.stroke();
}

/** keptValue is a monitor's value that stands in the record, on the curve that it is from. */
function keptValue(c: Ctx, f: Frame, s: Strip, k: Kept, ink: Ink): void {
  const at = x(f, k.at_ms);
  if (at < f.left - 1 || at > f.right) return;
  dot(c, at, y(s, k.value), 4, k.confirmed === true, ink.channel[k.kind] ?? ink.soft, ink);
}

/** legendOf is what the signs mean. */
export const legendOf: readonly [full: boolean, text: string][] = [[false, "monitor, not confirmed"], [true, "confirmed, or by hand"]];

/** signed reports whether the drawing bears signs that have to be explained. */
function signed(t: Timeline): boolean {
  return (t.kept ?? []).length > 0 || (t.cuffs ?? []).length > 0;
}

/** legend stands below the hours: the signs as they are drawn, a dot and a cuff's stem. */
function legend(c: Ctx, f: Frame, ink: Ink): void {
  const middle = f.height - 7;
  font(c, ink, small);
  c.textAlign = "left";
  c.textBaseline = "middle";
  let at = f.left < 60 ? f.left + 6 : f.left + 36; // clear of the switch of the prediction
  for (const [full, text] of legendOf) {
    dot(c, at, middle, 4, full, ink.soft, ink);
    hairline(c, at + 10, middle - 7, at + 10, middle + 7, ink.soft, full ? [] : [3, 3], 2);
    c.fillStyle = ink.soft;
    c.fillText(text, at + 17, middle);
    at += 17 + c.measureText(text).width + 20;
  }
  c.textBaseline = "alphabetic";
}

/** curve draws one site; a second site of the same kind is thinner and fainter, and named in the readout. */
function curve(c: Ctx, f: Frame, s: Strip, q: Series, nth: number, ink: Ink): void {
  const column = (f.to - f.from) / Math.max(1, f.right - f.left);
  c.strokeStyle = c.fillStyle = ink.channel[q.kind] ?? ink.soft;
  c.lineWidth = nth === 0 ? 1.7 : 1;
  c.globalAlpha = nth === 0 ? 1 : 0.75;
  c.lineJoin = "round";
  clip(c, f, s, () => {
    for (const run of runs(q.points, q.gaps)) {
      const points = thin(run, column);
      if (points.length === 1) {
        // A lone value is a dot: a line needs two.
        c.beginPath();
        c.arc(x(f, points[0]![0]), y(s, points[0]![1]), 1.6, 0, 7);
        c.fill();
        continue;
      }
      c.beginPath();
      points.forEach((p, i) => (i === 0 ? c.moveTo(x(f, p[0]), y(s, p[1])) : c.lineTo(x(f, p[0]), y(s, p[1]))));
      c.stroke();
    }
  });
  c.globalAlpha = 1;
}

/** beyond writes the number of what lies off the scale at the edge where it is drawn. */
function beyond(c: Ctx, f: Frame, s: Strip, t: Timeline, ink: Ink): void {
  font(c, ink, small, 600);
  c.textAlign = "center";
  c.fillStyle = ink.channel[s.lane.kind] ?? ink.text;
  for (const b of offScale(f, s, t)) c.fillText(String(b.value), b.x, b.value > s.lane.high ? s.top + 11 : s.bottom - 3);
}

function gaps(c: Ctx, f: Frame, s: Strip, q: Series, ink: Ink, now: number): void {
  font(c, ink, small);
  let free = -Infinity;
  for (const g of q.gaps ?? []) {
    const r = gapRect(f, s, g, now);
    if (!r) continue;
    c.setLineDash([2, 3]);
    c.lineWidth = 1;
    c.strokeStyle = ink.soft;
    c.strokeRect(crisp(r.x), crisp(r.y), Math.round(r.w), Math.round(r.h));
    c.setLineDash([]);
    free = gapWords(c, f, s, g.text, r.x, r.w, ink, now, free);
  }
}

/** gapWords stand inside a wide gap, else beside it on whichever side does not cross the now line. */
function gapWords(c: Ctx, f: Frame, s: Strip, text: string, gx: number, gw: number, ink: Ink, now: number, free: number): number {
  const wide = c.measureText(text).width;
  const edge = Math.min(f.right, now >= f.from ? x(f, now) : f.right);
  const base = s.bottom - 9;
  let left = gx + gw + 6;
  if (wide + 10 <= gw) left = gx + (gw - wide) / 2;
  else if (left + wide > edge - 4) left = gx - wide - 6;
  if (left < f.left || left < free) return free;
  c.fillStyle = ink.ground;
  c.globalAlpha = 0.8;
  c.fillRect(left - 2, base - 11, wide + 4, 14);
  c.globalAlpha = 1;
  c.textAlign = "left";
  c.fillStyle = ink.soft;
  c.fillText(text, left, base);
  return left + wide + 8;
}

function events(c: Ctx, f: Frame, t: Timeline, ink: Ink): void {
  const narrow = f.left < 60;
  c.textAlign = "left";
  if (!narrow) {
    font(c, ink, 15);
    c.fillStyle = ink.text;
    c.fillText("Events", 4, f.events.top + 20);
  }
  font(c, ink, narrow ? small : body);
  const rows = narrow ? 1 : 2;
  for (const p of place(f, t.events ?? [], (words) => c.measureText(words).width, rows)) sign(c, f, p, ink);
  for (const tick of t.ticks ?? []) {
    const at = x(f, tick.at_ms);
    if (at < f.left - 1 || at > f.right) continue;
    const colour = tick.late ? ink.amber : tick.done ? ink.soft : ink.quiet;
    hairline(c, at, f.bottom - (tick.late ? 13 : 10), at, f.bottom, colour, [], tick.done ? 2 : tick.late ? 3 : 1);
  }
  hairline(c, narrow ? 0 : 4, crisp(f.bottom), f.right, crisp(f.bottom), ink.line);
}

/** signs are the shapes of the events lane: each kind has its own, so that colour is never alone. */
function sign(c: Ctx, f: Frame, p: Placed, ink: Ink): void {
  const top = f.events.top + 14 + p.row * 18;
  const m = p.mark.mark;
  c.fillStyle = tone(ink, p.mark.tone, m === "effect" ? ink.accent : m === "rate" ? ink.channel["rate"]! : ink.text);
  c.beginPath();
  const at = p.x;
  if (m === "effect") poly(c, [[at, top], [at + 5, top - 5], [at + 10, top], [at + 5, top + 5]]);
  else if (m === "drug") poly(c, [[at, top - 5], [at + 10, top - 5], [at + 5, top + 5]]);
  else if (m === "stop" || m === "pause") c.rect(at, top - 4, 9, 9);
  else if (m === "help") poly(c, [[at + 5, top - 6], [at + 11, top + 5], [at - 1, top + 5]]);
  else if (m === "note") c.arc(at + 4, top, 3, 0, 7);
  else poly(c, [[at, top - 5], [at + 8, top], [at, top + 5]]);
  c.fill();
  if (p.text === "") return;
  c.fillStyle = ink.ground;
  c.fillRect(at + 13, top - 8, c.measureText(p.text).width + 4, 16);
  c.fillStyle = tone(ink, p.mark.tone, ink.soft);
  c.fillText(p.text, at + 15, top + 5);
}

function poly(c: Ctx, points: [number, number][]): void {
  points.forEach(([a, b], i) => (i === 0 ? c.moveTo(a, b) : c.lineTo(a, b)));
  c.closePath();
}

function nowLine(c: Ctx, f: Frame, ink: Ink, p: Picture): void {
  if (p.probe !== undefined) hairline(c, crisp(x(f, p.probe)), f.top, crisp(x(f, p.probe)), f.bottom, ink.soft, [3, 3]);
  if (p.now < f.from || p.now > f.to) return;
  const at = x(f, p.now);
  hairline(c, crisp(at), f.top - 4, crisp(at), f.bottom + 4, ink.text);
  font(c, ink, body);
  c.textAlign = "center";
  c.fillStyle = ink.text;
  const half = c.measureText(p.nowLabel).width / 2;
  c.fillText(p.nowLabel, Math.min(f.width - half - 2, Math.max(half + 2, at)), f.bottom + 24);
}
