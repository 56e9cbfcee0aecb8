import assert from "node:assert/strict";
import { test } from "node:test";

import { paintExpected, predicted, ratesOf } from "./expected.tsx";
import { frame } from "./geometry.ts";
import type { Ink } from "./paint.ts";
import type { Expected, Timeline } from "./types.ts";

const nine = Date.UTC(2026, 10, 23, 9);
const minute = 60_000;
const timeline: Timeline = {
  from_ms: nine,
  to_ms: nine + 60 * minute,
  zone: "UTC",
  lanes: [{ kind: "rate", label: "Rate", unit: "mg/kg/h", low: 0, high: 0.5 }],
  rate: [{ from_ms: nine, to_ms: nine + 10 * minute, rate: 0.2, text: "0.20" }, { from_ms: nine + 10 * minute, to_ms: 0, rate: 0.35, text: "0.35" }],
};
const expected: Expected = {
  session: "s", unit: "ng/mL", words: "Predicted, not measured: kamp-2020, middle 90 % of simulated patients", model: "kamp-2020", top: 200, rates: "x",
  points: [0, 20, 40, 80, 120].map((m) => [nine + m * minute, m, m + 20, m + 10]),
};

test("rates are told as the server tells them", () => {
  assert.equal(ratesOf(timeline), `${nine} 0.2; ${nine + 10 * minute} 0.35`);
  assert.equal(ratesOf(undefined), "");
});

test("a prediction is a lane of its own, below what is measured, with its own name and unit", () => {
  const p = predicted(expected);
  const t = p.with(timeline);
  assert.equal(timeline.lanes.length, 1, "what was measured is changed");
  assert.deepEqual(t.lanes.at(-1), { kind: "expected", label: "Predicted", unit: "plasma ng/mL", low: 0, high: 200 });
  assert.equal(t.series, undefined, "a prediction stands among what was measured");
});

test("it is hatched, never filled, and says in the picture that it is predicted", () => {
  const said: string[] = [];
  const did: string[] = [];
  const c = new Proxy({ measureText: (s: string) => ({ width: s.length * 6 }), fillText: (s: string) => void said.push(s) } as Record<string, unknown>, {
    get: (o, k) => o[k as string] ?? (() => void did.push(k as string)),
    set: () => true,
  }) as unknown as CanvasRenderingContext2D;
  const f = frame(predicted(expected).with(timeline), 700, 400);
  paintExpected(c, f, f.strips.at(-1)!, {} as Ink, expected);
  assert.equal(said.join(" "), expected.words);
  assert.ok(!did.includes("fill"), "the band is filled as a measurement's is");
  assert.ok(did.includes("clip") && did.includes("stroke"));
});

test("nothing is drawn of points outside the window", () => {
  const did: string[] = [];
  const c = new Proxy({}, { get: (_, k) => () => void did.push(k as string), set: () => true }) as unknown as CanvasRenderingContext2D;
  const f = frame(predicted(expected).with(timeline), 700, 400);
  paintExpected(c, { ...f, from: nine + 1000 * minute, to: nine + 1100 * minute }, f.strips.at(-1)!, {} as Ink, expected);
  assert.deepEqual(did, []);
});
