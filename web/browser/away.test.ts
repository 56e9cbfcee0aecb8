// The network gone, the server gone, the screen locked: what was typed is
// kept, what is old says so, help and stop stay.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { BrowserContext, Page } from "playwright-core";

import { Chair } from "./chair.ts";
import { Clinic } from "./clinic.ts";
import { step, watched } from "./pictures.ts";
import { enrol } from "./visit.ts";

let clinic: Clinic;
let context: BrowserContext;
let page: Page;
let chair: Chair;

before(async () => {
  clinic = await Clinic.open();
  context = await clinic.device();
  page = await context.newPage();
  await enrol(clinic, page, "brandt", 6);
  chair = new Chair(page, 6);
  await chair.phase("Infusing");
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

test("an entry made without the network waits, says so, and is sent", async () => {
  await watched("away-offline", () => [page], async () => {
    await context.setOffline(true);
    await chair.form("Note");
    await chair.write("Note", "charted while the network was gone");
    await chair.submit("Record note");
    await chair.notices.getByText(/1 entry waits to reach the server/).waitFor();
    await step(page, "waiting");
    await context.setOffline(false);
    await chair.notices.getByText(/entry waits/).waitFor({ state: "detached" });
    await chair.act("Entries of this visit");
    await chair.sheet.getByText("charted while the network was gone").waitFor();
    await chair.back();
  });
});

test("an entry that waits survives the page being closed", async () => {
  await watched("away-closed", () => [page], async () => {
    await context.setOffline(true);
    await chair.form("Note");
    await chair.write("Note", "charted, then the tablet went dark");
    await chair.submit("Record note");
    await chair.notices.getByText(/1 entry waits/).waitFor();
    await page.close();
    await context.setOffline(false);
    page = await context.newPage();
    chair = new Chair(page, 6);
    await chair.open();
    await chair.act("Entries of this visit");
    await chair.sheet.getByText("charted, then the tablet went dark").waitFor();
    await chair.back();
  });
});

test("a silent server is said across the page and its values are grey", async () => {
  await watched("away-frozen", () => [page], async () => {
    await page.locator(".value.pulse:not(.old)").waitFor();
    const lost = page.getByRole("alert").filter({ hasText: "Stillwatch is not watching. Use the bedside monitor." });
    clinic.freeze();
    const at = Date.now();
    try {
      await lost.waitFor();
      const took = Date.now() - at;
      // The last beat was at most two seconds old; the watchdog looks each second.
      assert.ok(took < 7_000, `said after ${took} ms`);
      await page.locator(".value.pulse.old").waitFor();
      assert.equal(await page.locator(".value:not(.old) .figure").count(), 0, "a value still looks live");
      await step(page, "lost");
    } finally {
      clinic.thaw();
    }
    await lost.waitFor({ state: "hidden" });
    await page.locator(".value.pulse:not(.old)").waitFor();
  });
});

test("a dim page is dark before its script runs", async () => {
  const bare = await (await clinic.browser()).newContext({ baseURL: clinic.url, javaScriptEnabled: false, storageState: await context.storageState() });
  const plain = await bare.newPage();
  await watched("away-flash", () => [plain], async () => {
    for (const at of ["/board", "/chair/6", "/unlock"]) {
      await plain.goto(at);
      const [html, body, scheme] = await plain.evaluate(() => [
        getComputedStyle(document.documentElement).backgroundColor,
        getComputedStyle(document.body).backgroundColor,
        document.querySelector<HTMLMetaElement>('meta[name="color-scheme"]')?.content,
      ]);
      assert.equal(html, "rgb(20, 17, 15)", `${at}: the ground of <html>`);
      assert.ok(body === "rgb(20, 17, 15)" || body === "rgba(0, 0, 0, 0)", `${at}: the ground of <body> is ${body}`);
      assert.equal(scheme, "dark", at);
      // A style that comes late paints late: it is asked for in the head and waited for.
      assert.equal(await plain.locator("head > link[rel=stylesheet]:not([media])").count() > 0, true, at);
    }
  });
  await bare.close();
});

test("a locked screen keeps values, help and stop; its stop names the tablet", async () => {
  await watched("away-locked", () => [page], async () => {
    await chair.lock();
    await page.locator(".value.pulse .figure").waitFor();
    await chair.bar.getByRole("button", { name: "Call for help" }).waitFor();
    assert.equal(await chair.bar.getByRole("button", { name: "More" }).count(), 0, "a locked screen offers acts");
    await chair.press("Stop");
    await chair.press("Record stop");
    await chair.phase("Stopped");
    await chair.notices.getByText(/Who stopped: to be confirmed/).waitFor();
    await step(page, "stopped-locked");
    await chair.unlock(clinic.who("brandt"));
    await chair.act("Entries of this visit");
    const stop = chair.sheet.getByRole("listitem").filter({ hasText: "Stop recorded" }).first();
    assert.match(await stop.innerText(), /tablet/i);
    assert.doesNotMatch(await stop.innerText(), /Brandt/);
    await chair.back();
    await chair.notices.getByRole("button", { name: "It was me" }).click();
    await chair.notices.getByText(/Who stopped: to be confirmed/).waitFor({ state: "detached" });
  });
});

test("a killed server is said too", async () => {
  await watched("away-killed", () => [page], async () => {
    clinic.kill();
    await page.getByRole("alert").filter({ hasText: "Stillwatch is not watching. Use the bedside monitor." }).waitFor();
  });
});
