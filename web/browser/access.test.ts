// axe-core on every page, on the chair in its phases with each sheet open,
// and on every state of the gallery.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { violations } from "./access.ts";
import { Chair } from "./chair.ts";
import { Clinic, signIn, tablet } from "./clinic.ts";
import { step, watched } from "./pictures.ts";
import { enrol } from "./visit.ts";

let clinic: Clinic;
let desk: Page;
const pages: Page[] = [];

before(async () => {
  clinic = await Clinic.open();
  desk = await (await clinic.device({ width: 1280, height: 800 })).newPage();
  pages.push(desk);
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

async function clean(found: string[]): Promise<void> {
  assert.equal(found.length, 0, found.join("\n"));
}

test("pages open to anyone", async () => {
  await watched("access-open", () => pages, async () => {
    const found: string[] = [];
    for (const at of ["/sign-in", "/about", "/trust", "/nowhere"]) {
      await desk.goto(at);
      found.push(...(await violations(desk, at)));
    }
    await desk.goto("/sign-in");
    await desk.getByLabel("Name").fill("okafor");
    await desk.getByLabel("Password").fill("not this one");
    await desk.getByRole("button", { name: "Sign in" }).click();
    await desk.getByRole("alert").waitFor();
    found.push(...(await violations(desk, "/sign-in, refused")));
    await clean(found);
  });
});

test("pages of the desk", async () => {
  await watched("access-desk", () => pages, async () => {
    const found: string[] = [];
    await signIn(desk, clinic.who("admin"), "/devices");
    for (const at of ["/devices", "/people", "/password"]) {
      await desk.goto(at);
      for (const d of await desk.locator("details > summary").all()) await d.click();
      found.push(...(await violations(desk, `${at}, as administrator`)));
    }
    await desk.getByRole("button", { name: "Sign out" }).click();
    await signIn(desk, clinic.who("weiss"), "/sessions");
    const record = await desk.getByRole("link", { name: "Ng, T" }).first().getAttribute("href");
    for (const at of ["/board", "/board?public=1", "/sessions", record!, "/schedule", "/patients", "/people", "/devices", "/room-check", "/alarms", "/alarms/review", "/alarms/what-if", "/library", "/about", "/trust"]) {
      await desk.goto(at);
      const shut = desk.locator("details:not([open]) > summary");
      for (let n = await shut.count(); n > 0; n = await shut.count()) await shut.first().click();
      found.push(...(await violations(desk, at)));
    }
    await clean(found);
  });
});

test("the chair in its phases, each sheet open", async () => {
  const page = await (await clinic.device(tablet)).newPage();
  pages.push(page);
  await watched("access-chair", () => [page], async () => {
    const found: string[] = [];
    const opened = new Set<string>();
    await enrol(clinic, page, "okafor", 3);
    for (const n of [5, 2, 6, 1, 3]) {
      const chair = new Chair(page, n);
      await chair.open();
      found.push(...(await violations(page, `chair ${n}`)));
      await chair.bar.getByRole("button", { name: "More" }).click();
      found.push(...(await violations(page, `chair ${n}, everything`)));
      const names = await page.getByRole("dialog").locator("button.act b").allInnerTexts();
      await chair.back();
      for (const name of names) {
        if (name === "Lock" || opened.has(name)) continue;
        opened.add(name);
        await chair.act(name);
        if (name === "Timeline") continue;
        await chair.sheet.waitFor();
        // Each part that is opened takes its own button away.
        const folded = chair.sheet.locator("button.fold");
        for (let n = await folded.count(); n > 0; n = await folded.count()) await folded.first().click();
        found.push(...(await violations(page, `chair ${n}, ${name}`)));
        await step(page, `chair-${n}-${name.replaceAll(" ", "-").toLowerCase()}`);
        await chair.back();
      }
    }
    assert.ok(opened.size >= 20, `only ${opened.size} sheets were opened: ${[...opened].join(", ")}`);
    const chair = new Chair(page, 3);
    await chair.press("Stop");
    found.push(...(await violations(page, "stop")));
    await chair.back();
    await chair.press("Call for help");
    await page.getByRole("region", { name: "Emergency" }).waitFor();
    found.push(...(await violations(page, "emergency")));
    await step(page, "emergency");
    await page.getByRole("button", { name: /^Take back/ }).click();
    await page.getByRole("region", { name: "Emergency" }).waitFor({ state: "detached" });
    await chair.lock();
    found.push(...(await violations(page, "locked")));
    await step(page, "locked");
    await chair.press("Unlock");
    found.push(...(await violations(page, "PIN pad")));
    await page.goto("/unlock");
    found.push(...(await violations(page, "/unlock")));
    await clean(found);
  });
});

test("every state of the gallery", async () => {
  await watched("access-gallery", () => pages, async () => {
    const found: string[] = [];
    await desk.goto("/gallery");
    found.push(...(await violations(desk, "/gallery")));
    const states = await desk.locator('a[href^="/gallery/"]').evaluateAll((all) => all.map((a) => a.getAttribute("href")!));
    assert.ok(states.length >= 10, `the gallery has ${states.length} states`);
    for (const at of states) {
      await desk.goto(at);
      found.push(...(await violations(desk, at)));
    }
    await clean(found);
  });
});
