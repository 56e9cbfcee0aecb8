// The board is sent what changed. Two pages that share a stream, one opened long
// after the other, show what a page that is opened anew shows.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { step, watched } from "./pictures.ts";
import { enrol } from "./visit.ts";

let clinic: Clinic;
let tablet: Page;
let first: Page;
const pages: Page[] = [];

before(async () => {
  clinic = await Clinic.open();
  tablet = await (await clinic.device()).newPage();
  first = await (await clinic.device({ width: 1280, height: 800 })).newPage();
  pages.push(tablet, first);
  await enrol(clinic, tablet, "okafor", 3);
  await signIn(first, clinic.who("okafor"), "/board");
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

/** shows is what the board says, without what moves by itself: clocks, ages, values. */
function shows(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("#live .rows > li, #live .columns, #live .foot")].map((e) => {
      const copy = e.cloneNode(true) as HTMLElement;
      for (const moving of copy.querySelectorAll(".value, .age, .axis")) moving.remove();
      return copy.className + " " + copy.textContent!.replace(/\s+/g, " ").trim();
    }),
  );
}

/** same waits until a page shows what one that is opened now does. */
async function same(page: Page): Promise<void> {
  for (let left = 40; ; left--) {
    const anew = await page.context().newPage();
    await anew.goto("/board");
    const [want, got] = [await shows(anew), await shows(page)];
    await anew.close();
    if (JSON.stringify(want) === JSON.stringify(got)) return;
    if (left === 0) assert.deepEqual(got, want);
  }
}

test("pages of the desk keep their margins on a tablet of the room", async () => {
  await watched("board-margins", () => pages, async () => {
    for (const at of ["/referrals", "/sessions"]) {
      await tablet.goto(at);
      const left = await tablet.locator("main h1").evaluate((e) => e.getBoundingClientRect().left);
      assert.ok(left >= 16, `the title of ${at} stands ${left} px from the edge`);
    }
    await tablet.goto("/referrals");
    assert.ok(await tablet.locator("html.dim").count(), "the tablet's page is not dim");
    await step(tablet, "board-margins");
    await tablet.goto("/chair/3");
  });
});

test("pages that are sent what changed show what a new page shows", async () => {
  await watched("board-changes", () => pages, async () => {
    await first.locator('li[data-chair="3"] .value').first().waitFor();
    const link = first.locator('li[data-chair="3"] a');
    await link.focus();
    const late = await first.context().newPage(); // on the stream of the first
    pages.push(late);
    await late.goto("/board");
    const chair = new Chair(tablet, 3);
    await chair.press("Call for help");
    for (const page of [first, late]) {
      await page.locator('li[data-chair="3"].help').waitFor();
      assert.equal(await page.locator("#live .rows > li").first().getAttribute("data-chair"), "3", "who calls for help is not at the top");
      await same(page);
    }
    assert.equal(await first.evaluate(() => document.activeElement?.closest("[data-chair]")?.getAttribute("data-chair")), "3", "the focus is lost");
    await step(late, "board-changes");
    // A value comes into its place, and the row around it stays. Each quarter of a
    // minute the clock's line moves on, and the rows with it: then it is looked at again.
    let stayed = 0;
    for (let left = 5; left > 0 && stayed === 0; left--) {
      const pulse = '[data-chair="3"] .sign.pulse';
      const was = await late.evaluate((at) => {
        const mine = new Set([...document.querySelectorAll("#live .rows > li")]);
        Object.assign(globalThis, { stayed: () => [...document.querySelectorAll("#live .rows > li")].filter((e) => mine.has(e)).length });
        return document.querySelector(at)?.getAttribute("data-at");
      }, pulse);
      await late.waitForFunction(([at, old]) => document.querySelector(at!)?.getAttribute("data-at") !== old, [pulse, was] as const);
      stayed = await late.evaluate(() => (globalThis as unknown as { stayed: () => number }).stayed());
    }
    assert.notEqual(stayed, 0, "the rows were made anew for a value");
    await clinic.pass("10m"); // rounds fall due, rows move
    await same(first);
    await same(late);
  });
});
