// What the pages hold through: a server that starts again, many tabs, a tab in
// the background, a browser without sound, a screen that locks while somebody
// types; and nothing white in a dark room.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { BrowserContext, Page } from "playwright-core";

import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { step, watched } from "./pictures.ts";
import { enrol } from "./visit.ts";

let clinic: Clinic;
let context: BrowserContext;
let tablet: Page;
let board: Page;
let chair: Chair;
const pages: Page[] = [];

before(async () => {
  clinic = await Clinic.open();
  context = await clinic.device();
  tablet = await context.newPage();
  board = await (await clinic.device({ width: 1280, height: 800 })).newPage();
  pages.push(tablet, board);
  await enrol(clinic, tablet, "okafor", 3);
  chair = new Chair(tablet, 3);
  await chair.phase("Infusing");
  await signIn(board, clinic.who("okafor"), "/board");
  await board.locator('li[data-chair="3"]').waitFor();
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

test("seven tabs of one person: all live over one stream, one outlives the others, nothing counts twice", async () => {
  await watched("watch-tabs", () => pages, async () => {
    // Over HTTP/1.1 a browser opens six connections to a host: with a stream each, the seventh tab would hang.
    const more: Page[] = [];
    for (let i = 0; i < 6; i++) {
      const p = await context.newPage();
      await p.goto("/chair/3");
      more.push(p);
    }
    const all = [tablet, ...more];
    await Promise.all(all.map((p) => p.locator(".value.pulse:not(.old)").waitFor()));
    const last = new Chair(more.at(-1)!, 3);
    await last.form("Note");
    await last.write("Note", "from the seventh tab");
    await last.submit("Record note");
    await last.act("Entries of this visit");
    await last.sheet.getByText("from the seventh tab").waitFor();
    const entries = await tablet.evaluate(async () => ((await (await fetch("/v1/chair/3")).json()) as { entries: { text?: string }[] }).entries);
    assert.equal(entries.filter((e) => e.text?.includes("from the seventh tab")).length, 1);
    await Promise.all(more.map((p) => p.close()));
    // The one that is left goes on to be told: its newest value is newer than the closing.
    const closed = await tablet.evaluate(async () => ((await (await fetch("/v1/chair/3")).json()) as { at_ms: number }).at_ms);
    await tablet.waitForFunction((at) => {
      const age = Number(/^(\d+) s$/.exec(document.querySelector(".value.pulse .age")?.textContent ?? "")?.[1] ?? Infinity);
      return Date.now() - age * 1_000 > at;
    }, Date.now());
    assert.ok(closed > 0);
    assert.equal(await tablet.locator(".lost-server:not([hidden])").count(), 0);
  });
});

test("a half-typed entry outlives the lock and a reload, comes back to its author, and is nobody else's", async () => {
  await watched("watch-draft", () => pages, async () => {
    await chair.form("Note");
    await chair.write("Note", "half of what I wanted to");
    await clinic.pass("6m"); // nobody touched the screen: the server locks it
    await chair.bar.getByRole("button", { name: /^Unlock/ }).waitFor();
    const kept = chair.notices.getByText("Draft of A. Okafor RN kept on this tablet");
    await kept.waitFor();
    await tablet.reload();
    await kept.waitFor();
    assert.equal((await tablet.locator("#chair").innerText()).includes("half of what"), false, "a locked screen shows what was typed");
    await chair.unlock(clinic.who("brandt"));
    await kept.waitFor();
    await step(tablet, "watch-draft-of-another");
    assert.equal(await chair.notices.getByRole("button", { name: "Go on" }).count(), 0, "another is offered the draft");
    await chair.form("Note");
    assert.equal(await chair.field("Note").inputValue(), "", "another inherits the draft");
    await chair.back();
    await chair.handTo(clinic.who("okafor"));
    await chair.notices.getByRole("button", { name: "Go on" }).click();
    assert.equal(await chair.field("Note").inputValue(), "half of what I wanted to");
    await chair.submit("Record note");
  });
});

test("a browser that cannot sound says so, and is not taken to be heard", async () => {
  const mute = await (await clinic.device({ width: 1280, height: 800 })).newPage();
  await watched("watch-mute", () => [mute], async () => {
    await mute.addInitScript(() => {
      Object.assign(globalThis, { AudioContext: undefined, webkitAudioContext: undefined });
    });
    const claims: boolean[] = [];
    await mute.route("**/v1/hearing", (r) => (claims.push((r.request().postDataJSON() as { audible: boolean }).audible), r.continue()));
    await signIn(mute, clinic.who("brandt"), "/board");
    await mute.getByText("This browser cannot play sound: nobody hears alarms here").waitFor();
    await mute.locator(".clock").click(); // a touch does not help
    await mute.getByText("This browser cannot play sound: nobody hears alarms here").waitFor();
    assert.deepEqual(claims.filter(Boolean), [], "it claims that somebody hears");
    await step(mute, "watch-mute");
  });
  await mute.context().close();
});

test("a board in a hidden tab still sounds", async () => {
  await watched("watch-hidden", () => pages, async () => {
    const hidden = await board.context().newPage();
    await hidden.addInitScript(() => {
      const heard: number[] = [];
      Object.assign(globalThis, { heard });
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (when?: number) {
        heard.push(this.frequency.value);
        return start.call(this, when);
      };
      // A browser without a screen hides no tab: the page is told that it is hidden, and its own timers stand still, worse than a browser's.
      Object.defineProperty(Document.prototype, "visibilityState", { get: () => "hidden" });
      Object.defineProperty(Document.prototype, "hidden", { get: () => true });
      globalThis.setInterval = (() => 0) as unknown as typeof setInterval;
      globalThis.requestAnimationFrame = () => 0;
    });
    await hidden.goto("/board");
    await hidden.locator(".clock").click();
    await hidden.locator("#sound-off").waitFor({ state: "hidden" });
    await board.bringToFront();
    await chair.form("Observation");
    await chair.choose("Awake", "2");
    await chair.submit("Record observation");
    await chair.page.getByRole("button", { name: /^Red: / }).waitFor();
    await hidden.waitForFunction(() => (globalThis as unknown as { heard: number[] }).heard.includes(880), undefined, { polling: 200 });
    await hidden.close();
  });
});

test("a tablet whose clock is off says so, and what is charted on it holds at the right time", async () => {
  const off = await (await clinic.device()).newPage();
  await watched("watch-clock", () => [off], async () => {
    await off.clock.install({ time: Date.now() + 20 * 60_000 });
    await signIn(off, clinic.who("brandt"), "/chair/6");
    const there = new Chair(off, 6);
    await there.notices.getByText(/^This device's clock is \d+ min ahead of the server's/).waitFor();
    await step(off, "watch-clock");
    const before = Date.now();
    await there.form("Note");
    await there.write("Note", "by a clock that is ahead");
    await there.submit("Record note");
    await there.act("Entries of this visit");
    await there.sheet.getByText("by a clock that is ahead").waitFor();
    const entries = await off.evaluate(async () => ((await (await fetch("/v1/chair/6")).json()) as { entries: { text?: string; time: string; at_ms: number }[] }).entries);
    const mine = entries.filter((e) => e.text?.includes("by a clock that is ahead"));
    assert.equal(mine.length, 1);
    // The demonstration's own clock is some minutes ahead of this machine's by now, and the tablet's was measured against it.
    assert.match(mine[0]!.time, /corrected: the device's clock said \d\d:\d\d/);
    assert.ok(mine[0]!.at_ms >= before, "it holds before it was charted");
  });
  await off.context().close();
});

test("a server that starts again is back on every page within five seconds, and the gap stays a gap", async () => {
  await watched("watch-restart", () => pages, async () => {
    const lost = (p: Page) => p.locator(".lost-server");
    await clinic.killed();
    await Promise.all([tablet, board].map((p) => lost(p).getByText(/No contact with the server since \d\d:\d\d/).waitFor()));
    await step(board, "watch-lost-board");
    await clinic.revive();
    const ready = Date.now();
    await Promise.all([tablet, board].map((p) => lost(p).waitFor({ state: "hidden" })));
    const took = Date.now() - ready;
    assert.ok(took < 5_000, `the pages came back after ${took} ms`);
    console.log(`# the pages came back ${took} ms after the server was ready`);
    await tablet.locator(".value.pulse:not(.old)").waitFor();
    await board.locator('li[data-chair="3"]').waitFor();
    // What was not measured meanwhile is not drawn: the curve has a gap that it did not have.
    await tablet.waitForFunction(async () => {
      const c = (await (await fetch("/v1/chair/3")).json()) as { timeline?: { series?: { points: [number, number][]; gaps?: unknown[] }[] } };
      return (c.timeline?.series ?? []).some((s) => s.points.some((p, i) => i > 0 && p[0] - s.points[i - 1]![0] > 3_000) && (s.gaps ?? []).length > 0);
    }, undefined, { polling: 500 });
  });
});

test("no page is white, not even for a moment, on the way from one to the next", async () => {
  await watched("watch-flash", () => pages, async () => {
    const cdp = await context.newCDPSession(tablet);
    const frames: string[] = [];
    cdp.on("Page.screencastFrame", (f) => {
      frames.push(f.data);
      void cdp.send("Page.screencastFrameAck", { sessionId: f.sessionId }).catch(() => {});
    });
    await cdp.send("Page.startScreencast", { format: "jpeg", quality: 40, everyNthFrame: 1 });
    for (const to of ["/board", "/chair/3", "/unlock", "/chair/3"]) {
      await tablet.goto(to);
      await tablet.locator("main").waitFor();
    }
    await clinic.killed();
    await tablet.reload();
    await tablet.getByText("Stillwatch is not watching").waitFor();
    await cdp.send("Page.stopScreencast");
    assert.ok(frames.length > 4, `${frames.length} frames were seen`);
    const eye = await (await (await clinic.browser()).newContext()).newPage();
    const light = await eye.evaluate(async (all) => {
      const out: number[] = [];
      for (const data of all) {
        const img = new Image();
        img.src = `data:image/jpeg;base64,${data}`;
        await img.decode();
        const c = new OffscreenCanvas(64, 48).getContext("2d")!;
        c.drawImage(img, 0, 0, 64, 48);
        const px = c.getImageData(0, 0, 64, 48).data;
        let sum = 0;
        for (let i = 0; i < px.length; i += 4) sum += (px[i]! + px[i + 1]! + px[i + 2]!) / 3;
        out.push(sum / (64 * 48));
      }
      return out;
    }, frames);
    // The ground is 17 of 255; the banner and a red alarm are the brightest that a dim page may show.
    assert.ok(Math.max(...light) < 90, `a frame is ${Math.max(...light).toFixed(0)} of 255 bright: ${light.map((l) => l.toFixed(0)).join(" ")}`);
  });
});
