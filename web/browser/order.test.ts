// A prescriber and a pharmacist at one order, each in a browser of their own: each
// sees the other, nothing typed is lost when the server is away, and a signature is
// refused while it would be under something else than what was read.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { violations } from "./access.ts";
import { Clinic, signIn } from "./clinic.ts";
import { watched } from "./pictures.ts";

let clinic: Clinic;
let weiss: Page;
let moreau: Page;
let form = "";
const pages: Page[] = [];

before(async () => {
  clinic = await Clinic.open();
  weiss = await (await clinic.device({ width: 1280, height: 800 })).newPage();
  moreau = await (await clinic.device()).newPage();
  pages.push(weiss, moreau);
  await signIn(weiss, clinic.who("weiss"), "/sessions");
  await weiss.goto("/sessions");
  const visits = await weiss.locator('main a[href^="/sessions/"]').evaluateAll((all) => all.map((a) => a.getAttribute("href")!).filter((h) => /^\/sessions\/[0-9a-f-]{36}$/.test(h)));
  for (const v of visits) {
    await weiss.goto(`${v}/order?protocol=PR-FIRST`);
    if ((await weiss.locator("form[data-order]").count()) > 0) form = `${v}/order?protocol=PR-FIRST`;
    if (form !== "") break;
  }
  assert.notEqual(form, "", "no visit takes an order");
  await signIn(moreau, clinic.who("moreau"), "/sessions");
  await moreau.goto(form);
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

const rate = (p: Page) => p.getByLabel("Rate of step 1");

test("each sees who else is here and what the other types", async () => {
  await watched("order-two", () => pages, async () => {
    await moreau.getByText("J. Weiss MD has this form open now.").waitFor();
    await weiss.locator("#here p").first().waitFor();
    await rate(moreau).fill("0.25");
    await moreau.getByText("What you typed is on the server").waitFor();
    await weiss.locator("#since").getByText(/changed “Rate of step 1” from .* to 0\.25 mg\/kg\/h/).waitFor();
    assert.equal(await rate(weiss).inputValue(), "0.25");
    await weiss.getByLabel("1 mg/mL").check();
    await moreau.locator('input[name="concentration"][value="1"]:checked').waitFor();
    assert.equal(await moreau.getByLabel("Your password").count(), 0, "a pharmacist is asked to sign");
    assert.deepEqual([...(await violations(weiss, "the order, changed")), ...(await violations(moreau, "the order of a pharmacist"))], []);
  });
});

test("what was changed since the page was read is not signed", async () => {
  await watched("order-sign", () => pages, async () => {
    await weiss.getByRole("textbox", { name: "Reason" }).fill("light, and anxious");
    await weiss.getByLabel("Your password").fill(clinic.who("weiss").password);
    await weiss.locator("form[data-order]").evaluate((f) => ((f as HTMLFormElement).noValidate = true));
    await weiss.getByRole("button", { name: "Sign and attach" }).click();
    await weiss.getByText("Nothing was signed: this order was changed since you opened the page.").waitFor();
    assert.equal(await weiss.getByRole("textbox", { name: "Reason" }).inputValue(), "light, and anxious");
    assert.equal(await rate(weiss).inputValue(), "0.25");
  });
});

test("a server that is away, a page that is closed and a server that starts again lose nothing", async () => {
  await watched("order-away", () => pages, async () => {
    // One answer of the pharmacist is changed by the prescriber; another stands.
    await rate(weiss).fill("0.2");
    await moreau.locator("#o-minutes1").fill("100");
    await moreau.waitForFunction(() => (document.querySelector("#o-rate1") as HTMLInputElement).value === "0.2");
    await weiss.waitForFunction(() => (document.querySelector("#o-minutes1") as HTMLInputElement).value === "100");
    await clinic.killed();
    await weiss.getByLabel("Diluent").fill("glucose 5 %");
    await weiss.getByText("The server does not answer. What you type is kept in this browser").waitFor();
    const context = weiss.context();
    await weiss.close();
    await clinic.revive();
    weiss = await context.newPage();
    pages[0] = weiss;
    await weiss.goto(new URL(form, clinic.url).href);
    if (new URL(weiss.url()).pathname === "/sign-in") {
      await signIn(weiss, clinic.who("weiss"), "/sessions");
      await weiss.goto(new URL(form, clinic.url).href);
    }
    await weiss.getByText("What you typed", { exact: false }).waitFor();
    assert.equal(await weiss.getByLabel("Diluent").inputValue(), "glucose 5 %");
    assert.equal(await weiss.getByRole("textbox", { name: "Reason" }).inputValue(), "light, and anxious", "what the server had forgotten is gone");
    // The other page never closed: it gives the server what it had typed, and not what was changed since.
    await weiss.locator("#here p").first().waitFor();
    await weiss.waitForFunction(() => (document.querySelector("#o-minutes1") as HTMLInputElement).value === "100");
    for (const p of [weiss, moreau]) assert.equal(await rate(p).inputValue(), "0.2", "a later answer was taken back");
    await moreau.waitForFunction(() => (document.querySelector("#o-diluent") as HTMLInputElement).value === "glucose 5 %");
  });
});

/** kept is how many orders a browser keeps something typed of. */
const kept = (p: Page): Promise<number> => p.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("stillwatch.order.")).length);

test("a browser keeps nothing typed once it is signed, or once somebody signs out", async () => {
  await watched("order-forgotten", () => pages, async () => {
    const visit = form.split("/order")[0]!;
    await weiss.goto(visit);
    await weiss.goto("/sessions");
    assert.deepEqual([await kept(weiss), await kept(moreau)], [1, 1], "it was taken away before");
    await weiss.goto(`${visit}?done=ordered`); // where a signature leads
    await weiss.waitForURL((u) => u.pathname === visit && u.search === "");
    assert.equal(await kept(weiss), 0, "the signed order is still kept");
    await moreau.getByRole("button", { name: "Sign out" }).click();
    await moreau.getByText("You are signed out.").waitFor();
    await moreau.waitForURL((u) => u.pathname === "/sign-in" && u.search === "");
    assert.equal(await kept(moreau), 0, "after the sign-out it is still kept");
  });
});
