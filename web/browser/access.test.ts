// axe-core on every page of the desk and on every state of the gallery.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { violations } from "./access.ts";
import { Clinic, signIn } from "./clinic.ts";
import { watched } from "./pictures.ts";

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
    for (const at of ["/board", "/board?public=1", "/sessions", record!, "/schedule", "/patients", "/people", "/devices", "/room-check", "/about", "/trust"]) {
      await desk.goto(at);
      for (const d of await desk.locator("details:not([open]) > summary").all()) await d.click();
      found.push(...(await violations(desk, at)));
    }
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
