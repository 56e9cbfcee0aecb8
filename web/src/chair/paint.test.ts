import assert from "node:assert/strict";
import { test } from "node:test";

import { frame } from "./geometry.ts";
import { legendOf, paint, type Ink } from "./paint.ts";
import type { Timeline } from "./types.ts";

const ink: Ink = {
  text: "text", soft: "soft", quiet: "quiet", line: "line", future: "future", ground: "ground", accent: "accent", amber: "amber", red: "red", font: "sans",
  channel: { rate: "rate", nibp: "cuff", pulse: "pulse", spo2: "oxygen", rr: "breath" },
};

/** drawn records what is drawn: lines with their dashes, dots with their fill, words. */
function drawn(t: Timeline): { lines: string[]; dots: string[]; words: string[] } {
  const out = { lines: [] as string[], dots: [] as string[], words: [] as string[] };
  let dash: number[] = [];
  let arc = false;
  const own: Record<string, unknown> = {
    setLineDash: (d: number[]) => (dash = d),
    beginPath: () => (arc = false),
    arc: () => (arc = true),
    fill: () => arc && out.dots.push(String(own["fillStyle"])),
    stroke: () => arc || out.lines.push(`${String(own["strokeStyle"])} ${dash.join(",")}`.trim()),
    fillText: (s: string) => out.words.push(s),
    measureText: (s: string) => ({ width: 6 * s.length }),
  };
  const c = new Proxy(own, { get: (o, k: string) => (k in o ? o[k] : () => undefined) });
  paint(c as unknown as CanvasRenderingContext2D, frame(t, 764, 600), t, ink, { now: 3_600_000, clock: String, zoneMS: 0, nowLabel: "now" });
  return out;
}

const empty: Timeline = {
  from_ms: 0, to_ms: 7_200_000, zone: "UTC",
  lanes: [{ kind: "nibp", label: "Pressure", unit: "mmHg", low: 40, high: 200 }, { kind: "spo2", label: "SpO₂", unit: "%", low: 85, high: 100 }],
};
const cuff = { at_ms: 600_000, sys: 121, dia: 76, mean: 91, text: "" };
const kept = { at_ms: 600_000, kind: "spo2", value: 97, text: "" };

test("what nobody has confirmed differs in shape from what somebody has", () => {
  const open = drawn({ ...empty, cuffs: [{ ...cuff, unconfirmed: true }], kept: [kept] });
  const seen = drawn({ ...empty, cuffs: [cuff], kept: [{ ...kept, confirmed: true }] });
  assert.ok(open.lines.includes("cuff 3,3"), "a broken stem");
  assert.ok(!seen.lines.includes("cuff 3,3"));
  // The dots of the lanes come before the two of the legend.
  assert.deepEqual(open.dots.slice(0, 2), ["ground", "ground"], "rings");
  assert.deepEqual(seen.dots.slice(0, 2), ["cuff", "oxygen"], "full dots");
});

test("the signs are explained wherever they stand, and nowhere else", () => {
  const words = legendOf.map(([, text]) => text);
  for (const t of [{ ...empty, cuffs: [cuff] }, { ...empty, kept: [kept] }]) {
    for (const w of words) assert.ok(drawn(t).words.includes(w), w);
  }
  assert.ok(!drawn(empty).words.some((w) => words.includes(w)));
});

test("another confirmation is another picture", async () => {
  const { stands } = await import("./geometry.ts");
  const t = { ...empty, kept: [kept] };
  const f = frame(t, 764, 600);
  const next = { ...t, kept: [{ ...kept, confirmed: true }] };
  assert.ok(!stands(f, next, 0).every((v, i) => v === stands(f, t, 0)[i]));
});
