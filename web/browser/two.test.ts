// Two people, two browsers, one session.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { watched } from "./pictures.ts";

let clinic: Clinic;
let one: Chair;
let other: Chair;
const pages: Page[] = [];

before(async () => {
  clinic = await Clinic.open();
  [one, other] = (await Promise.all(["okafor", "brandt"].map(async (login) => {
    const page = await (await clinic.device()).newPage();
    pages.push(page);
    await signIn(page, clinic.who(login), "/chair/4");
    const chair = new Chair(page, 4);
    await chair.phase("Infusing");
    return chair;
  }))) as [Chair, Chair];
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

async function note(c: Chair, text: string): Promise<void> {
  await c.form("Note");
  await c.write("Note", text);
  await c.submit("Record note");
}

async function entries(c: Chair): Promise<void> {
  await c.act("Entries of this visit");
  await c.page.getByRole("dialog", { name: "Entries of this visit" }).waitFor();
}

test("an entry of one shows at the other without a reload", async () => {
  await watched("two-entry", () => pages, async () => {
    await entries(other);
    await one.form("Side effect");
    await one.choose("What", "Dizzy");
    await one.choose("Grade", "1");
    await one.submit("Record side effect");
    await other.sheet.getByText("Dizzy 1", { exact: true }).waitFor();
    await other.back();
  });
});

test("both chart at once and both entries survive", async () => {
  await watched("two-both", () => pages, async () => {
    await Promise.all([note(one, "sleeping, breathing calm"), note(other, "blanket given")]);
    for (const c of [one, other]) {
      await entries(c);
      await c.sheet.getByText("sleeping, breathing calm").waitFor();
      await c.sheet.getByText("blanket given").waitFor();
      await c.back();
    }
  });
});

test("a value marked questionable is charted so, and both see it", async () => {
  await watched("two-doubt", () => pages, async () => {
    await one.form("Observation");
    await one.type("Temperature", "36.6");
    await one.sheet.locator(".ask", { hasText: "Temperature" }).getByRole("button", { name: "questionable" }).click();
    await one.choose("For", "Round");
    await one.submit("Record observation");
    await entries(other);
    await other.sheet.getByText("temperature 36.6 °C (questionable)").waitFor();
    await other.back();
  });
});

test("of two acts that exclude each other the second is told", async () => {
  await watched("two-conflict", () => pages, async () => {
    await other.form("Rate");
    await other.choose("New rate", "0.2 mg/kg/h");
    await other.type("Rate on the pump", "17.6");
    await other.type("Pump concentration", "1");
    await one.form("Pause");
    await one.choose("Why", "Toilet");
    await one.submit("Pump paused, record");
    await other.phase("Paused");
    await other.press("Record rate");
    await other.sheet.getByRole("alert").waitFor();
    assert.match(await other.sheet.getByRole("alert").innerText(), /paused|not possible|phase/i);
    await other.back();
    await one.phase("Paused");
  });
});

test("help called at one chair shows at every other, locked too, and goes when it is taken back", async () => {
  const next = await (await clinic.device()).newPage();
  await watched("two-help", () => [...pages, next], async () => {
    await signIn(next, clinic.who("brandt"), "/chair/1");
    const chair1 = new Chair(next, 1);
    await chair1.open();
    await chair1.lock();
    await one.press("Call for help");
    const bar = next.getByRole("alert").filter({ hasText: /^Help called at chair 4 since \d+:\d\d$/ });
    await bar.waitFor();
    assert.equal((await next.content()).includes("Haddad"), false, "the other chair's screen names the patient");
    assert.equal(await one.page.locator(".elsewhere").count(), 0, "the chair itself shows the emergency");
    await one.page.getByRole("button", { name: /^Take back/ }).click();
    await bar.waitFor({ state: "detached" });
  });
  await next.close();
});

test("a stop at one screen shows at the other at once", async () => {
  await watched("two-stop", () => pages, async () => {
    await one.press("Stop");
    const at = Date.now();
    await one.press("Record stop");
    await other.phase("Stopped");
    const took = Date.now() - at;
    assert.ok(took < 3_000, `it took ${took} ms`);
    await other.notices.getByText("Stop recorded, pump not confirmed").waitFor();
  });
});
