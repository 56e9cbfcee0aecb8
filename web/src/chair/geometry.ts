// Where everything of the timeline stands, in CSS pixels: pure arithmetic,
// so that lanes, gaps and labels can be tested without a canvas.

import type { Gap, Lane, Mark, Point, Timeline } from "./types.ts";

/** Strip is one lane with its place. */
export interface Strip {
  lane: Lane;
  /** Where values may stand: below the lane's words where those stand inside it. */
  top: number;
  bottom: number;
}

/** Frame is the whole drawing's geometry. */
export interface Frame {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  /** Bottom of the lanes; the axis labels stand below it. */
  bottom: number;
  from: number;
  to: number;
  strips: Strip[];
  events: { top: number; bottom: number };
}

/** Share of the height each kind of lane gets, by how much there is to read in it. */
const weights: Record<string, number> = { rate: 1.15, nibp: 2.1, expected: 1.3 };
const axisHeight = 44;

/** frame lays the lanes out one above the other over a common time axis. */
export function frame(t: Timeline, width: number, height: number): Frame {
  const narrow = width < 520;
  const left = narrow ? 34 : 112;
  const top = narrow ? 4 : 14;
  const bottom = Math.max(top + 1, height - axisHeight);
  const events = narrow ? 46 : 62;
  const room = Math.max(0, bottom - events - top);
  const sum = t.lanes.reduce((s, l) => s + (weights[l.kind] ?? 1), 0);
  const strips: Strip[] = [];
  let at = top;
  for (const lane of t.lanes) {
    const h = (room * (weights[lane.kind] ?? 1)) / sum;
    // On a phone the lane's words have a line of their own above its values.
    strips.push({ lane: scaled(lane, t), top: at + (narrow ? 15 : 0), bottom: at + h });
    at += h;
  }
  return {
    width, height, left, top, bottom, strips,
    right: width - (narrow ? 8 : 12),
    from: t.from_ms,
    to: Math.max(t.to_ms, t.from_ms + 1),
    events: { top: at, bottom },
  };
}

/** scaled gives the rate's lane room for the highest rate that was read or is planned. */
function scaled(lane: Lane, t: Timeline): Lane {
  return lane.kind === "rate" && t.rate_top && t.rate_top > lane.high ? { ...lane, high: Math.ceil(t.rate_top * 10) / 10 } : lane;
}

/** x is the place of an instant; it may lie outside the frame. */
export function x(f: Frame, ms: number): number {
  return f.left + ((ms - f.from) / (f.to - f.from)) * (f.right - f.left);
}

/** when is the instant at a place, held inside the frame. */
export function when(f: Frame, px: number): number {
  const p = Math.min(f.right, Math.max(f.left, px));
  return f.from + ((p - f.left) / (f.right - f.left)) * (f.to - f.from);
}

const inset = 10;

/** y is the height of a value. A value off the lane's scale is drawn at its edge, never left out. */
export function y(s: Strip, value: number): number {
  const { low, high } = s.lane;
  const part = high === low ? 0.5 : (Math.min(high, Math.max(low, value)) - low) / (high - low);
  const pad = Math.min(inset, (s.bottom - s.top) / 4);
  return s.bottom - pad - part * (s.bottom - s.top - 2 * pad);
}

/** Two points further apart than this are not joined, whether or not the server has named the gap yet. */
export const joinMS = 15_000;

/**
 * runs cuts a series where it must not be joined: at every named gap, and
 * wherever two points lie further apart than join.
 */
export function runs(points: readonly Point[], gaps: readonly Gap[] = [], join = joinMS): Point[][] {
  const out: Point[][] = [];
  let run: Point[] = [];
  let last = -Infinity;
  for (const p of points) {
    const apart = p[0] - last > join || gaps.some((g) => last <= g.from_ms && p[0] >= g.from_ms && last > -Infinity);
    if (apart && run.length > 0) {
      out.push(run);
      run = [];
    }
    run.push(p);
    last = p[0];
  }
  if (run.length > 0) out.push(run);
  return out;
}

/**
 * thin keeps, for each pixel column, the first, lowest, highest and last
 * point: the line looks the same and no dip is smoothed away.
 */
export function thin(run: readonly Point[], columnMS: number): Point[] {
  if (run.length <= 4 || columnMS <= 0) return run.slice();
  const out: Point[] = [];
  let i = 0;
  while (i < run.length) {
    const column = Math.floor(run[i]![0] / columnMS);
    let lowest = i, highest = i, j = i;
    while (j < run.length && Math.floor(run[j]![0] / columnMS) === column) {
      if (run[j]![1] < run[lowest]![1]) lowest = j;
      if (run[j]![1] > run[highest]![1]) highest = j;
      j++;
    }
    for (const k of [...new Set([i, Math.min(lowest, highest), Math.max(lowest, highest), j - 1])]) out.push(run[k]!);
    i = j;
  }
  return out;
}

/** Within its newest pixel column a curve grows at most this much later than it was measured. The value beside it does not wait. */
const growMS = 5_000;

/**
 * stands is where everything of the drawing stands, by pixel columns: while
 * it is the same, so is the picture.
 */
export function stands(f: Frame, t: Timeline, now: number): unknown[] {
  const columns = (f.to - f.from) / Math.max(1, f.right - f.left);
  const out: unknown[] = [f.from, f.to, Math.round(x(f, now)), t.lanes, t.rate, t.rate_top, t.planned, t.cuffs, t.kept, t.events, t.ticks];
  for (const s of t.series ?? []) {
    const last = Math.floor((s.points.at(-1)?.[0] ?? 0) / columns);
    const newest: number[] = [];
    for (let i = s.points.length - 1; i >= 0 && Math.floor(s.points[i]![0] / columns) === last; i--) {
      if (s.points[i]![0] < Math.floor(now / growMS) * growMS) newest.push(s.points[i]![1]);
    }
    out.push(s.gaps, last, Math.min(...newest), Math.max(...newest));
  }
  return out;
}

/** Rect is a gap's place in its lane. */
export interface Rect {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** gapRect is where a gap is drawn; one that still lasts reaches to now. */
export function gapRect(f: Frame, s: Strip, g: Gap, now: number): Rect | undefined {
  const from = Math.max(x(f, g.from_ms), f.left);
  const to = Math.min(x(f, g.to_ms || now), f.right);
  if (to < f.left || from > f.right || to < from) return undefined;
  return { x: from, y: s.top + 8, w: Math.max(6, to - from), h: s.bottom - s.top - 16 };
}

/** steps are the distances between axis labels that people read at a glance, in minutes. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 240];

/** axis gives the labelled instants. zoneMS shifts them to whole local quarters in odd zones. */
export function axis(f: Frame, zoneMS = 0, least = 62): number[] {
  const perMS = (f.right - f.left) / (f.to - f.from);
  const minutes = steps.find((m) => m * 60_000 * perMS >= least) ?? steps.at(-1)!;
  const step = minutes * 60_000;
  const out: number[] = [];
  for (let t = Math.ceil((f.from + zoneMS) / step) * step - zoneMS; t <= f.to; t += step) out.push(t);
  return out;
}

/** scale gives the values written beside a lane: its ends, and round ones between where there is room. */
export function scale(s: Strip): number[] {
  const { low, high } = s.lane;
  const room = Math.floor((s.bottom - s.top - 2 * inset) / 34);
  if (room < 2) return [low, high];
  for (const step of [10, 20, 30, 40, 50, 100]) {
    const inner: number[] = [];
    for (let v = low + step; v <= high - step; v += step) inner.push(v);
    if (inner.length + 2 <= room + 1 && (high - low) % step === 0) return [low, ...inner, high];
  }
  return [low, high];
}

/** Placed is an event with the place of its sign and the row of its words. */
export interface Placed {
  mark: Mark;
  x: number;
  row: number;
  /** Words that found no room are left to the list of entries; the sign stays, in the row below. */
  text: string;
}

/** place gives each event's words the first row where they touch no other. */
export function place(f: Frame, marks: readonly Mark[], measure: (text: string) => number, rows = 2): Placed[] {
  const ends = new Array<number>(rows).fill(-Infinity);
  const out: Placed[] = [];
  for (const mark of [...marks].sort((a, b) => a.at_ms - b.at_ms)) {
    const at = x(f, mark.at_ms);
    if (at < f.left - 1 || at > f.right + 1) continue;
    const wide = 15 + measure(mark.text);
    const free = ends.findIndex((end) => at >= end + 8);
    if (free >= 0) ends[free] = at + wide;
    out.push({ mark, x: at, row: free < 0 ? rows : free, text: free < 0 ? "" : mark.text });
  }
  return out;
}

/** Off is a value that lies off its lane's scale. */
export interface Off {
  x: number;
  value: number;
}

/** offScale finds what lies off a lane's scale, the furthest of each neighbourhood. */
export function offScale(f: Frame, s: Strip, t: Timeline, least = 30): Off[] {
  const { kind, low, high } = s.lane;
  const values: Point[] = kind === "nibp"
    ? (t.cuffs ?? []).flatMap((c): Point[] => [[c.at_ms, c.sys], [c.at_ms, c.dia]])
    : (t.series ?? []).filter((q) => q.kind === kind).flatMap((q) => q.points).sort((a, b) => a[0] - b[0]);
  const far = (v: number): number => Math.max(v - high, low - v);
  const out: Off[] = [];
  for (const [ms, value] of values) {
    const at = x(f, ms);
    if (far(value) <= 0 || at < f.left || at > f.right) continue;
    const near = out.at(-1);
    if (near && at - near.x < least && value > high === near.value > high) {
      if (far(value) > far(near.value)) out[out.length - 1] = { x: at, value };
    } else out.push({ x: at, value });
  }
  return out;
}
