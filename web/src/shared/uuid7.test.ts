import assert from "node:assert/strict";
import { test } from "node:test";

import { ServerClock } from "./clock.ts";
import { uuid7 } from "./uuid7.ts";

test("uuid7 matches the layout of RFC 9562", () => {
  // 2022-02-22T19:22:22Z, the time of the RFC's own example (A.6).
  const id = uuid7(0x017f22e279b0, (b) => b.fill(0xff));
  assert.equal(id, "017f22e2-79b0-7fff-bfff-ffffffffffff");
});

test("uuid7 sorts by time as text", () => {
  const at = (ms: number) => uuid7(ms, (b) => b.fill(0x55));
  assert.ok(at(1_763_000_000_000) < at(1_763_000_000_001));
  assert.ok(at(255) < at(256));
});

test("the clock takes the measurement that came quickest", () => {
  let local = 10_000;
  const c = new ServerClock(() => local);
  assert.equal(c.offset, 0);
  c.heard(9_000 - 400); // this one took 400 ms longer
  assert.equal(c.offset, 1_400);
  local = 12_000;
  c.heard(11_000);
  assert.equal(c.offset, 1_000);
  assert.equal(c.now(), 11_000);
});

test("the clock forgets old measurements and ignores nonsense", () => {
  let local = 1_000;
  const c = new ServerClock(() => local, 2);
  c.heard(1_000);
  c.heard(Number.NaN);
  local = 5_000; // this device's clock was set forward
  c.heard(2_000);
  c.heard(2_000);
  assert.equal(c.offset, 3_000);
});
