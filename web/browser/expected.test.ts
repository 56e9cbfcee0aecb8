// A prediction at the chair: off until somebody asks, called what it is, gone when the
// screen locks. And the explorer, whose picture follows a slider.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { violations } from "./access.ts";
import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { watched } from "./pictures.ts";
import { enrol } from "./visit.ts";

let clinic: Clinic;
let tablet: Page;
let desk: Page;
let chair: Chair;
const pages: Page[] = [];

before(async () => {
  clinic = await Clinic.open();
  tablet = await (await clinic.device()).newPage();
  desk = await (await clinic.device({ width: 1280, height: 900 })).newPage();
  pages.push(tablet, desk);
  await enrol(clinic, tablet, "okafor", 3);
  chair = new Chair(tablet, 3);
  await chair.phase("Infusing");
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

test("the nurse shows the prediction, and a locked screen has none", async () => {
  await watched("expected-chair", () => pages, async () => {
    const words = tablet.getByText("Predicted, not measured: kamp-2020 and 2 more models, middle 90 % of simulated patients");
    const show = tablet.getByRole("button", { name: "Show predicted" });
    await show.waitFor();
    assert.equal(await words.count(), 0, "it is shown before anybody asked");
    await show.click();
    await words.waitFor({ state: "attached" });
    const found = await violations(tablet, "the chair with a prediction");
    assert.equal(found.length, 0, found.join("\n"));
    const live = await tablet.evaluate(async () => (await (await fetch("/v1/chair/3")).text()).includes("ng/mL"));
    assert.equal(live, false, "the chair's own view carries a prediction");
    await chair.act("Lock");
    await chair.bar.getByRole("button", { name: /^Unlock/ }).waitFor();
    await words.waitFor({ state: "detached" });
    assert.equal(await show.count(), 0, "a locked screen offers it");
  });
});

test("the explorer follows a slider, on a desk and on a phone", async () => {
  await watched("expected-explorer", () => pages, async () => {
    await signIn(desk, clinic.who("weiss"), "/kinetics");
    await desk.goto("/kinetics");
    const peak = desk.locator(".legend li").first();
    const before = await peak.innerText();
    await desk.locator('input[data-of="a_rate"]').fill("1.5");
    await desk.waitForFunction((was) => document.querySelector(".legend li")?.textContent !== was, before);
    assert.equal(await desk.getByLabel("Rate, mg/kg/h").first().inputValue(), "1.5");
    await desk.getByLabel("A second regimen beside it").check();
    await desk.locator(".side").nth(1).waitFor();
    await desk.getByRole("link", { name: /^kamp-2020/ }).first().click();
    await desk.locator("#card-kamp-2020").waitFor({ state: "visible" });
    await desk.evaluate(() => document.querySelectorAll("details").forEach((d) => (d.open = true)));
    const found = await violations(desk, "/kinetics");
    await desk.setViewportSize({ width: 390, height: 844 });
    found.push(...(await violations(desk, "/kinetics on a phone")));
    assert.equal(await desk.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    assert.equal(found.length, 0, found.join("\n"));
  });
});
