// No page scrolls sideways, on a phone, on a tablet or at a desk.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { step, watched } from "./pictures.ts";

let clinic: Clinic;
before(async () => {
  clinic = await Clinic.open();
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

/** sideways gives what is wider than the screen, if the page scrolls sideways. */
async function sideways(page: Page): Promise<string> {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room && document.body.scrollWidth <= room) return "";
    const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > room + 1);
    return `${document.documentElement.scrollWidth} px of ${room}: ${wide.slice(0, 3).map((e) => e.outerHTML.slice(0, 100)).join(" | ")}`;
  });
}

/** covered names the buttons of the bar that lie over one another. */
async function covered(page: Page): Promise<string> {
  return page.evaluate(() => {
    const all = [...document.querySelectorAll("nav.acts button")].map((e) => ({ text: e.textContent, box: e.getBoundingClientRect() }));
    const over = all.flatMap((a, i) => all.slice(i + 1).filter((b) =>
      a.box.right > b.box.left + 1 && b.box.right > a.box.left + 1 && a.box.bottom > b.box.top + 1 && b.box.bottom > a.box.top + 1).map((b) => `${a.text} over ${b.text}`));
    return over.join(", ");
  });
}

for (const [name, viewport] of Object.entries({ phone: { width: 390, height: 844 }, tablet: { width: 1024, height: 768 }, desk: { width: 1280, height: 800 } })) {
  test(`no page scrolls sideways: ${name}`, async () => {
    const page = await (await clinic.device(viewport)).newPage();
    await watched(`sizes-${name}`, () => [page], async () => {
      const wrong: string[] = [];
      const look = async (what: string): Promise<void> => {
        const s = await sideways(page);
        if (s) wrong.push(`${what}: ${s}`);
        await step(page, `${name}-${what.replaceAll(/\W+/g, "-")}`);
      };
      for (const at of ["/sign-in", "/about", "/trust"]) {
        await page.goto(at);
        await look(at);
      }
      await signIn(page, clinic.who("weiss"), "/sessions");
      const record = await page.getByRole("link", { name: "Ng, T" }).first().getAttribute("href");
      for (const at of ["/board", "/sessions", "/schedule", "/patients", "/people", "/devices", "/room-check", "/password"]) {
        await page.goto(at);
        await look(at);
      }
      await page.goto(record!);
      await look("record");
      for (const n of [1, 2, 3, 5]) {
        const chair = new Chair(page, n);
        await chair.open();
        await look(`chair ${n}`);
        const over = await covered(page);
        if (over) wrong.push(`chair ${n}: ${over}`);
        await chair.bar.getByRole("button", { name: "More" }).click();
        await look(`chair ${n}, more`);
        await chair.back();
        await chair.act(n === 5 ? "Check in" : "Observation");
        await chair.sheet.waitFor();
        await look(`chair ${n}, form`);
        await chair.back();
      }
      assert.equal(wrong.length, 0, wrong.join("\n"));
    });
  });
}
