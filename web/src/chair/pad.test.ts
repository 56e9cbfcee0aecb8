import assert from "node:assert/strict";
import { test } from "node:test";

import { judge, press, range, typed, type Key } from "./pad.ts";
import type { Field } from "./types.ts";

const sys: Field = { path: "", label: "Systolic", input: "number", unit: "mmHg", low: "30", high: "300" };
const keys = (ks: string, decimals: number) => [...ks].reduce((t, k) => press(t, k as Key, decimals), "");

test("keys make a number", () => {
  assert.equal(keys("141", 0), "141");
  assert.equal(keys("21.7", 2), "21.7");
  assert.equal(press("141", "back", 0), "14");
  assert.equal(press("141", "clear", 0), "");
});

test("a key that makes no number does nothing", () => {
  assert.equal(keys("1.2.3", 2), "1.23");
  assert.equal(keys("1.234", 2), "1.23");
  assert.equal(keys("14.1", 0), "141");
  assert.equal(keys(".5", 1), "0.5");
  assert.equal(keys("05", 0), "5");
  assert.equal(keys("1234567890123", 0).length, 9);
});

test("a hardware keyboard obeys the same rules, and a comma is a point", () => {
  assert.equal(typed("21,75", 1), "21.7");
  assert.equal(typed("1e5-", 0), "15");
});

test("too high is said at once, too low when done", () => {
  assert.equal(judge("301", sys, false).say, "Possible here: 30 to 300 mmHg.");
  assert.deepEqual(judge("1", sys, false), { ok: false, say: "" });
  assert.equal(judge("1", sys, true).say, "Possible here: 30 to 300 mmHg.");
  assert.deepEqual(judge("30", sys, true), { ok: true, say: "" });
  assert.deepEqual(judge("300", sys, true), { ok: true, say: "" });
});

test("a number that ends in its point is not done", () => {
  assert.equal(judge("31.", sys, true).ok, false);
  assert.equal(judge("31.", sys, false).ok, true);
});

test("an empty optional field stands", () => {
  assert.equal(judge("", sys, true).ok, true);
  assert.equal(judge("", { ...sys, required: true }, true).ok, false);
});

test("the range is written with its unit", () => {
  assert.equal(range(sys), "30 to 300 mmHg");
  assert.equal(range({ ...sys, low: "0", high: "" }), ""); // the unit stands beside the number already
});
