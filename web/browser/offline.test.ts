// The server is dead, and the tablet's page is opened all the same: what it
// shows, what it keeps to itself, and what becomes of what is charted there.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { BrowserContext, Page } from "playwright-core";

import { violations } from "./access.ts";
import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { step, watched } from "./pictures.ts";
import { enrol } from "./visit.ts";

let clinic: Clinic;
let context: BrowserContext;
let page: Page;
let chair: Chair;
let patient = "";

const away = /No contact with the server since \d\d:\d\d: nothing here is live/;

before(async () => {
  clinic = await Clinic.open();
  context = await clinic.device();
  page = await context.newPage();
  await enrol(clinic, page, "okafor", 3);
  chair = new Chair(page, 3);
  await chair.phase("Infusing");
  patient = await page.locator(".head h1").innerText();
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

/** stored is every text that the browser keeps for the service worker, by its store. */
async function stored(): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const out: Record<string, string> = {};
    for (const name of await caches.keys()) {
      const c = await caches.open(name);
      for (const r of await c.keys()) out[`${name.startsWith("chair-kept") ? "kept" : "files"} ${new URL(r.url).pathname}`] = await (await c.match(r))!.text();
    }
    return out;
  });
}

interface Recorded {
  title: string;
  at_ms: number;
  by: string;
}

/** recorded asks the server for the visit's entries. */
async function recorded(): Promise<Recorded[]> {
  return page.evaluate(async () => ((await (await fetch("/v1/chair/3")).json()) as { entries: Recorded[] }).entries);
}

/** at tells whether an entry holds from a moment of the tablet, give or take what the test itself takes. */
const at = (e: Recorded, then: number): boolean => e.at_ms >= then && e.at_ms - then < 8_000;

test("the browser keeps the page, and of the patient who sits here only what the locked page shows", async () => {
  await watched("offline-kept", () => [page], async () => {
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await page.waitForFunction(async () => (await caches.has("chair-kept")) && (await (await caches.open("chair-kept")).keys()).length === 1);
    const all = await stored();
    const surname = patient.trim().split(/\s+/).at(-1)!;
    const naming = Object.keys(all).filter((k) => all[k]!.includes(surname));
    assert.deepEqual(naming, ["kept /chair/kept"]);
    const kept = JSON.parse(all["kept /chair/kept"]!) as { view: Record<string, unknown> };
    for (const never of ["entries", "timeline", "order", "gates", "notices", "device", "label"]) assert.equal(never in kept.view, false, `${never} is kept`);
    assert.ok(Object.keys(all).some((k) => /table-/.test(k)), "the questions are kept");
  });
});

test("a page loaded again without the server shows no value, and goes on for the hand that was there", async () => {
  await watched("offline-reload", () => [page], async () => {
    await clinic.killed();
    await page.reload();
    await page.getByRole("alert").filter({ hasText: away }).waitFor();
    assert.equal(await page.locator(".head h1").innerText(), patient);
    assert.equal(await page.locator(".figure").count(), 0, "a value is shown");
    await page.getByText("Alarms are not known").waitFor();
    await step(page, "offline-reload");
    const wrong = await violations(page, "chair without the server");
    assert.equal(wrong.length, 0, wrong.join("\n"));
    // Half typed when nobody was there any more: the screen locks by itself, and the draft stays.
    await chair.form("Note");
    await chair.write("Note", "half of a sen");
    await page.clock.install();
    await page.clock.runFor("06:00");
    await chair.bar.getByRole("button", { name: /^Chart/ }).waitFor();
    await chair.notices.getByText("Draft of A. Okafor RN kept on this tablet").waitFor();
    assert.equal((await page.locator("#chair").innerText()).includes("half of a sen"), false, "a locked screen shows what was typed");
  });
});

test("a page closed and opened again charts, signs later, and stops; each counts once, at its own time", async () => {
  await watched("offline-closed", () => [page], async () => {
    await page.close();
    page = await context.newPage();
    chair = new Chair(page, 3);
    // By the tablet's clock it is twelve minutes ago: what is charted now arrives late.
    const then = Date.now() - 12 * 60_000;
    await page.clock.install({ time: then });
    await chair.open();
    await page.getByRole("alert").filter({ hasText: "No contact with the server" }).waitFor();
    assert.equal(await chair.bar.getByRole("button", { name: "More" }).count(), 0, "a tab that was closed opens unlocked");
    await chair.bar.getByRole("button", { name: /^Chart/ }).click();
    await chair.sheet.getByRole("button", { name: clinic.who("okafor").name }).click();
    await step(page, "offline-acts");
    await chair.sheet.getByRole("button").filter({ has: page.locator("b").getByText("Observation", { exact: true }) }).click();
    await page.getByRole("dialog", { name: "Observation", exact: true }).waitFor();
    await chair.choose("Awake", "4");
    await chair.submit("Record observation");
    await chair.notices.getByText(/^Observation, \d\d:\d\d: charted as A. Okafor RN without a PIN/).waitFor();
    await chair.press("Stop");
    await chair.press("Record stop");
    await page.clock.runFor("00:05");
    await chair.notices.getByText(/Stop: not recorded yet/).waitFor();
    await step(page, "offline-charted");

    await page.clock.setSystemTime(Date.now());
    await clinic.revive();
    await page.clock.resume();
    await page.getByRole("alert").filter({ hasText: "No contact" }).waitFor({ state: "hidden" });
    await chair.phase("Stopped");
    assert.equal((await recorded()).filter((e) => e.title.startsWith("Observation") && at(e, then)).length, 0, "recorded before anybody signed it");
    // The server knows the session still, as it would after any closed tab.
    await chair.notices.getByRole("button", { name: "Go on" }).waitFor(); // the draft of before is hers
    await chair.notices.getByRole("button", { name: "Record in my name" }).click();
    await chair.notices.getByText(/without a PIN/).waitFor({ state: "detached" });
    const all = await recorded();
    for (const [title, by] of [["Observation: round", /Okafor/], ["Stop recorded", /tablet/i]] as const) {
      const mine = all.filter((e) => e.title === title && at(e, then));
      assert.equal(mine.length, 1, `${title}: ${JSON.stringify(all.map((e) => [e.title, e.at_ms - then]))}`);
      assert.match(mine[0]!.by, by);
    }
  });
});

test("a tablet that is not enrolled any more keeps nothing of the patient", async () => {
  await watched("offline-revoked", () => [page], async () => {
    const desk = await (await clinic.device({ width: 1280, height: 800 })).newPage();
    await page.waitForFunction(async () => (await (await caches.open("chair-kept")).keys()).length === 1);
    await signIn(desk, clinic.who("admin"), "/devices");
    await desk.getByRole("row").filter({ hasText: "tablet" }).getByRole("button", { name: "Revoke" }).click();
    // Its nurse had signed in before it was enrolled, and still is: what goes is what only a tablet keeps.
    await page.waitForFunction(async () => (await (await caches.open("chair-kept")).keys()).length === 0 && (await navigator.serviceWorker.getRegistrations()).length === 0);
  });
});
