// What the monitor showed when rounds were due is confirmed in one pass, and a
// patient is handed over from the page that says what is open.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { violations } from "./access.ts";
import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { step, watched } from "./pictures.ts";
import { enrol } from "./visit.ts";

let clinic: Clinic;
let tablet: Page;
let chair: Chair;
const pages: Page[] = [];

before(async () => {
  clinic = await Clinic.open();
  tablet = await (await clinic.device()).newPage();
  pages.push(tablet);
  await enrol(clinic, tablet, "okafor", 3);
  chair = new Chair(tablet, 3);
  await chair.open();
  await chair.phase("Infusing");
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

test("one pass confirms the readings that were listed, and none that came meanwhile", async () => {
  await watched("rounds-confirm", () => pages, async () => {
    const said = chair.notices.getByText(/readings? not confirmed/);
    const before = Number.parseInt(/\d+/.exec((await said.textContent()) ?? "")![0]);
    assert.ok(before > 1);
    await chair.notices.getByRole("button", { name: `Confirm ${before} readings` }).click();
    const sheet = tablet.getByRole("dialog", { name: `Confirm ${before} readings` });
    await sheet.waitFor();
    const lines = sheet.locator("p.lead", { hasText: /^\d\d:\d\d / });
    assert.equal(await lines.count(), before);
    await step(tablet, "rounds-confirm");
    const wrong = await violations(tablet, "readings to confirm");
    assert.equal(wrong.length, 0, wrong.join("\n"));

    // Another round falls due while the list is open: it is not on it.
    await clinic.pass("4m");
    await chair.notices.getByText(new RegExp(`^From the monitor: (?!${before} )\\d+ readings`)).waitFor();
    const meanwhile = Number.parseInt(/\d+/.exec((await said.textContent()) ?? "")![0]) - before;
    assert.ok(meanwhile > 0);
    assert.equal(await lines.count(), before);
    await chair.submit("I read each line: confirm");
    await chair.sheetless();
    await chair.notices.getByText(new RegExp(`^From the monitor: ${meanwhile} readings? not confirmed`)).waitFor();
    await chair.notices.getByRole("button", { name: /^Confirm \d+ readings?$/ }).click();
    await chair.submit("I read each line: confirm");
    await said.waitFor({ state: "detached" });
  });
});

test("a nurse reads what is open, and takes the patient over from there", async () => {
  await watched("rounds-handover", () => pages, async () => {
    const desk = await (await clinic.device({ width: 1280, height: 800 })).newPage();
    pages.push(desk);
    await signIn(desk, clinic.who("brandt"), "/handover");
    await desk.getByRole("link", { name: "All chairs" }).click();
    const patient = desk.getByRole("article", { name: /^Chair 3 · / });
    await patient.getByRole("heading", { name: "Open now" }).waitFor();
    for (const part of ["Running", "Due", "Early-warning score", "What happened", "The order and its limits"]) {
      await patient.getByRole("heading", { name: part }).waitFor();
    }
    for (const size of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
      await desk.setViewportSize(size);
      const wide = await desk.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(wide <= 0, `at ${size.width} px the page scrolls sideways by ${wide} px`);
      await step(desk, `handover-${size.width}`);
      const wrong = await violations(desk, `hand-over at ${size.width} px`);
      assert.equal(wrong.length, 0, wrong.join("\n"));
    }
    await desk.setViewportSize({ width: 1280, height: 800 });
    await desk.emulateMedia({ media: "print" });
    assert.equal(await patient.getByRole("link", { name: "Take over" }).isVisible(), false);
    await step(desk, "handover-print");
    await desk.emulateMedia({ media: "screen" });
    await patient.getByRole("link", { name: "Take over" }).click();
    await desk.getByRole("button", { name: "I take over" }).click();
    await desk.waitForURL(/\/sessions\/[0-9a-f-]+(\?.*)?$/);
    await desk.getByText("L. Brandt RN is the responsible nurse").first().waitFor();
    await desk.getByText(/seen up to entry \d+/).first().waitFor();
    await tablet.locator(".head").getByText("L. Brandt RN").waitFor();
  });
});
