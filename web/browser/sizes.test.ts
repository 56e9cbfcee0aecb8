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
    // A table of many columns may scroll within itself, a short list of things may not.
    const within = document.querySelector(".wide:has(.stacked)");
    if (within && within.scrollWidth > within.clientWidth) return `a list scrolls within the page: ${within.innerHTML.slice(0, 100)}`;
    if (document.scrollingElement!.scrollWidth <= room && document.body.scrollWidth <= room) return "";
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

/** kind is an address without what tells one visit from another. */
const kind = (at: string): string => at.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…").replace(/\?.*/, "");

/** Of each kind of page so many are looked at: records differ, and a closed one is among them. */
const ofEachKind = 5;

/** everyPage follows each link of each page, and gives what was looked at. */
async function everyPage(page: Page, look: (at: string) => Promise<void>): Promise<string[]> {
  const done: string[] = [];
  const waiting = ["/sessions", "/board", "/schedule", "/patients", "/people", "/devices", "/room-check", "/alarms", "/alarms/review", "/alarms/what-if", "/library", "/access", "/password", "/unlock"];
  for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
    if (done.includes(at) || done.filter((d) => kind(d) === kind(at!)).length >= ofEachKind) continue;
    done.push(at);
    await page.goto(at);
    await look(at);
    const links = await page.locator("a[href^='/']").evaluateAll((all) => all.map((a) => a.getAttribute("href")!.replace(/#.*/, "")));
    waiting.push(...links.filter((l) => !/\.(pdf|crt)$|^\/chair\/|^\/gallery/.test(l)));
  }
  return done;
}

for (const [name, viewport] of Object.entries({ phone: { width: 390, height: 844 }, tablet: { width: 1024, height: 768 }, desk: { width: 1280, height: 800 } })) {
  test(`no page scrolls sideways: ${name}`, async () => {
    const page = await (await clinic.device(viewport)).newPage();
    await watched(`sizes-${name}`, () => [page], async () => {
      const wrong: string[] = [];
      const seen = new Set<string>();
      const look = async (what: string): Promise<void> => {
        const s = await sideways(page);
        if (s) wrong.push(`${what}: ${s}`);
        await step(page, `${name}-${what.replaceAll(/\W+/g, "-")}`);
      };
      for (const at of ["/sign-in", "/about", "/trust"]) {
        await page.goto(at);
        await look(at);
      }
      await page.goto("/sign-in");
      for (const login of ["quinn", "admin", "weiss"]) {
        await page.context().clearCookies();
        await signIn(page, clinic.who(login), "/sessions");
        for (const at of await everyPage(page, (at) => look(`${login} ${at}`))) seen.add(kind(at));
      }
      for (const at of ["/board", "/sessions", "/schedule", "/patients", "/people", "/devices", "/room-check", "/alarms", "/alarms/review", "/alarms/what-if", "/library", "/access", "/sessions/…", "/sessions/…/transfer", "/sessions/…/acts/session.waste"]) {
        assert.ok(seen.has(at), `${at} was not looked at, but ${[...seen].join(" ")}`);
      }
      // What the demonstration's morning has none of: a closed record, a review, a refusal.
      await page.goto("/gallery");
      const states = await page.locator('a[href^="/gallery/"]').evaluateAll((all) => all.map((a) => a.getAttribute("href")!));
      assert.ok(states.length >= 10, `the gallery has ${states.length} states`);
      for (const at of states) {
        await page.goto(at);
        await look(at);
      }
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
