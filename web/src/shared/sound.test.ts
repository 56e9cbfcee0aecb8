import assert from "node:assert/strict";
import { test } from "node:test";

import { bursts, due, lengthMS, silent, type Playing, type Sound, type Tone } from "./sound.ts";
import { reportEveryMS, Sounder, type Loud } from "./sounder.ts";

const alarm = (kind: Sound["kind"], key = `3 ${kind} 1`, from_ms = 0): Sound => ({ key, kind, from_ms });

/** play lets time pass by the second and lists what is played when. */
function play(sounds: (second: number) => Sound[], seconds: number, lost: (second: number) => boolean = () => false): [number, Tone][] {
  const out: [number, Tone][] = [];
  let was: Playing = silent;
  for (let s = 0; s < seconds; s++) {
    const r = due(was, sounds(s), lost(s), s * 1000, s * 1000);
    was = r.now;
    if (r.play) out.push([s, r.play]);
  }
  return out;
}

test("each sound has its own number of pulses, pitch and rhythm", () => {
  assert.equal(bursts.high.pulses.length, 10);
  assert.equal(bursts.medium.pulses.length, 3);
  assert.equal(bursts.low.pulses.length, 2);
  const pitches = Object.values(bursts).map((b) => b.pulses[0]!.hz);
  assert.equal(new Set(pitches).size, 4);
  for (const [tone, b] of Object.entries(bursts)) {
    assert.ok(b.everyMS > lengthMS(tone as Tone), `${tone} would run into itself`);
    for (const p of b.pulses) assert.ok(p.hz >= 150 && p.hz <= 1000, `${tone}: ${p.hz} Hz`);
  }
});

test("what stands is played at once and again after its time", () => {
  assert.deepEqual(play(() => [alarm("high")], 25), [[0, "high"], [10, "high"], [20, "high"]]);
  assert.deepEqual(play(() => [alarm("medium")], 45), [[0, "medium"], [20, "medium"], [40, "medium"]]);
  assert.deepEqual(play(() => [alarm("low")], 125), [[0, "low"], [60, "low"], [120, "low"]]);
});

test("nothing is played while nothing stands", () => {
  assert.deepEqual(play(() => [], 100), []);
});

test("a worse one is heard at once, in the midst of a lesser", () => {
  assert.deepEqual(play((s) => (s < 1 ? [alarm("low")] : [alarm("low"), alarm("high")]), 12), [[0, "low"], [1, "high"], [11, "high"]]);
});

test("another announcement of the same kind is heard at once, but not over what plays", () => {
  const two = (at: number) => play((s) => (s < at ? [alarm("high")] : [alarm("high"), alarm("high", "4 rr_low 1")]), 12);
  assert.deepEqual(two(2), [[0, "high"], [4, "high"]]); // the first burst lasts over three seconds
  assert.deepEqual(two(6), [[0, "high"], [6, "high"]]);
});

test("an alarm announced again is heard again at once", () => {
  assert.deepEqual(play((s) => [alarm("high", s < 6 ? "3 spo2_low 1" : "3 spo2_low 2")], 10), [[0, "high"], [6, "high"]]);
});

test("an acknowledged one is silent, and the lesser goes on in its own time", () => {
  assert.deepEqual(play((s) => (s < 5 ? [alarm("high"), alarm("medium")] : [alarm("medium")]), 30), [[0, "high"], [20, "medium"]]);
});

test("what was answered and comes back is heard at once", () => {
  assert.deepEqual(play((s) => (s < 3 || s > 5 ? [alarm("high", `k${Number(s > 5)}`)] : []), 8), [[0, "high"], [6, "high"]]);
});

test("a pause is silent until its end, and no longer", () => {
  assert.deepEqual(play(() => [alarm("high", "k", 7_000)], 12), [[7, "high"]]);
});

test("a lost server has a sound of its own, above all others", () => {
  assert.deepEqual(play(() => [alarm("high")], 25, (s) => s >= 4), [[0, "high"], [4, "lost"], [14, "lost"], [24, "lost"]]);
});

test("a clock that is set back does not silence anything", () => {
  const was = due(silent, [alarm("high")], false, 0, 3_600_000).now;
  assert.equal(due(was, [alarm("high")], false, 1_000, 0).play, "high");
});

class Fake implements Loud {
  possible = true;
  running = false;
  advancing = true;
  played: string[] = [];
  proven(): boolean {
    return this.running && this.advancing;
  }
  play(tone: Tone): void {
    this.played.push(tone);
  }
  quiet(): void {
    this.played.push("quiet");
  }
}

function page(): { speaker: Fake; sounder: Sounder; reports: [number, boolean][]; shown: string[]; run(seconds: number): void } {
  const speaker = new Fake();
  const reports: [number, boolean][] = [];
  const shown: string[] = [];
  let at = 0;
  const sounder = new Sounder(speaker, {
    local: () => at, server: () => at,
    report: (audible) => reports.push([at / 1000, audible]),
    show: (state) => shown.at(-1) !== state && shown.push(state),
  });
  return { speaker, sounder, reports, shown, run: (seconds) => {
    for (let i = 0; i < seconds; i++, at += 1000) sounder.tick();
  } };
}

test("a page that cannot sound says so and never claims to be heard", () => {
  const p = page();
  p.sounder.sounds = [alarm("high")];
  p.run(30);
  assert.deepEqual([p.shown, p.reports, p.speaker.played], [["off"], [], []]);
  p.speaker.possible = false;
  p.run(2);
  assert.deepEqual(p.shown, ["off", "impossible"]);
});

test("what stood while it could not sound is heard as soon as it can", () => {
  const p = page();
  p.sounder.sounds = [alarm("high")];
  p.run(5);
  p.speaker.running = true;
  p.run(1);
  assert.deepEqual(p.speaker.played, ["high"]);
});

test("a page that sounds says so every ten seconds, and at once when it ceases to", () => {
  const p = page();
  p.speaker.running = true;
  p.run(25);
  assert.deepEqual(p.reports, [[0, true], [10, true], [20, true]]);
  assert.equal(reportEveryMS, 10_000);
  p.speaker.running = false;
  p.run(25);
  assert.deepEqual(p.reports.slice(3), [[25, false]]);
});

test("a sound whose clock stands still is not proven", () => {
  const p = page();
  p.speaker.running = true;
  p.speaker.advancing = false;
  p.run(30);
  assert.deepEqual(p.reports, []);
});

test("an acknowledgement ends the burst that plays", () => {
  const p = page();
  p.speaker.running = true;
  p.sounder.sounds = [alarm("high")];
  p.run(1);
  p.sounder.sounds = [];
  p.run(3);
  assert.deepEqual(p.speaker.played, ["high", "quiet"]);
});

test("a lost server is sounded only by a page that is told to", () => {
  const p = page();
  p.speaker.running = true;
  p.run(3);
  assert.deepEqual(p.speaker.played, []);
  p.sounder.lost = true;
  p.run(1);
  assert.deepEqual(p.speaker.played, ["lost"]);
});
