// A patient's own phone, without a script: from the link that staff print, by the date
// of birth, to what is written, read and confirmed; axe-core on every page.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { BrowserContext, Page } from "playwright-core";

import { violations } from "./access.ts";
import { Clinic, signIn } from "./clinic.ts";
import { watched } from "./pictures.ts";

let clinic: Clinic;
let desk: Page;
let phone: Page;
const pages: Page[] = [];

const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

before(async () => {
  clinic = await Clinic.open();
  desk = await (await clinic.device({ width: 1280, height: 800 })).newPage();
  const handheld: BrowserContext = await clinic.device({ width: 390, height: 844 });
  phone = await handheld.newPage();
  pages.push(desk, phone);
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

/** wide says by how much a page is wider than the phone. */
async function wide(p: Page): Promise<number> {
  return p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

/** code gives how bright the modules of a QR code are on a page of a room, from 0 to 1. */
async function code(p: Page, room: "light" | "dim"): Promise<{ light: number; dark: number }> {
  return p.evaluate((theme) => {
    const html = document.documentElement;
    const before = html.className;
    html.className = theme;
    const bright = (of: string): number => {
      const shown = getComputedStyle(document.querySelector(of)!).fill;
      const [r, g, b] = shown.match(/[0-9.]+/g)!.slice(0, 3).map((v) => {
        const c = Number(v) / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const out = { light: bright(".qr rect"), dark: bright(".qr path") };
    html.className = before;
    return out;
  }, room);
}

test("from the printed link to what the staff read", async () => {
  await watched("own", () => pages, async () => {
    const found: string[] = [];
    const look = async (p: Page, where: string): Promise<void> => {
      found.push(...(await violations(p, where)));
      assert.equal(await wide(p), 0, `${where} is wider than its screen`);
    };
    await signIn(desk, clinic.who("okafor"), "/referrals");
    await desk.goto("/referrals");
    await desk.locator("table a").first().click();
    const course = new URL(desk.url()).pathname;
    await desk.getByRole("button", { name: "Make a link for the patient" }).click();
    await look(desk, "the printed link");
    const address = (await desk.locator(".slip .print").innerText()).trim();
    for (const [room, most] of [["light", 1], ["dim", 0.3]] as const) {
      const { light, dark } = await code(desk, room);
      assert.ok(light <= most, `the code glares in the ${room} room: ${light}`);
      const contrast = (light + 0.05) / (dark + 0.05);
      assert.ok(contrast >= 5, `no camera reads the code in the ${room} room: contrast ${contrast}`);
    }
    const said = await desk.locator("main p.soft").first().innerText();
    const born = /born (\d+) (\w+) (\d{4})/.exec(said);
    assert.ok(born, said);
    const name = await desk.locator("main p.soft a").first().innerText();

    await phone.goto(address);
    await look(phone, "the date of birth");
    const give = async (year: string): Promise<void> => {
      await phone.getByLabel("Day").fill(born[1]!);
      await phone.getByLabel("Month").fill(String(months.indexOf(born[2]!) + 1));
      await phone.getByLabel("Year").fill(year);
      await phone.getByRole("button", { name: "Continue" }).click();
    };
    await give("1901");
    await phone.getByRole("alert").waitFor();
    await look(phone, "a wrong date of birth");
    await give(born[3]!);
    await phone.getByRole("heading", { name: "Your pages" }).waitFor();
    assert.ok(!(await phone.content()).includes(name), "the phone shows the patient's name");
    await look(phone, "the first page");

    for (const at of ["/own/options", "/own/facts", "/own/day"]) {
      await phone.goto(at);
      await look(phone, at);
    }
    await phone.goto("/own");
    await phone.getByRole("link", { name: "Your health" }).click();
    await look(phone, "/own/health");
    const question = phone.getByRole("group", { name: "Has a doctor ever told you that you have schizophrenia?" });
    await question.getByRole("radio", { name: "Yes", exact: true }).check();
    await phone.getByLabel("What should we know about you?").fill("Loud rooms frighten me.");
    await phone.getByRole("button", { name: "Send to the clinic" }).click();
    await phone.getByText("Sent to the clinic.").waitFor();

    await phone.getByRole("link", { name: "Medicines and allergies" }).click();
    await phone.getByLabel("What do you take?").fill("sertraline in the morning");
    await phone.getByRole("button", { name: "Send to the clinic" }).click();
    await phone.getByRole("alert").waitFor();
    assert.equal(await phone.getByLabel("What do you take?").inputValue(), "sertraline in the morning", "what was typed is lost");
    await look(phone, "/own/medicines, refused");
    await phone.getByRole("group", { name: "Is this everything you take?" }).getByRole("radio", { name: "I am not sure" }).check();
    await phone.getByRole("button", { name: "Send to the clinic" }).click();
    await phone.getByText("Sent to the clinic.").waitFor();

    await phone.getByRole("link", { name: "About the treatment" }).click();
    await phone.getByRole("group", { name: "Is ketamine approved for long-lasting pain?" }).getByRole("radio", { name: "Yes, for all pain" }).check();
    await phone.getByRole("button", { name: "I have read this" }).click();
    await phone.getByText("Not quite.").waitFor();
    await look(phone, "/own/read, answered");

    // The link that opened once opens nothing on another phone.
    const other = await (await clinic.device({ width: 390, height: 844 })).newPage();
    pages.push(other);
    await other.goto(address);
    await other.getByRole("heading", { name: "This link does not open anything." }).waitFor();
    await look(other, "a used link");

    await desk.goto("/referrals");
    await desk.getByRole("heading", { name: "From patients" }).waitFor();
    await look(desk, "/referrals");
    await desk.goto(course);
    await desk.getByText("Loud rooms frighten me.").waitFor();
    await look(desk, "the course, with what the patient wrote");
    await desk.getByRole("button", { name: "I have seen to this" }).first().click();
    await desk.getByText(/taken up today by A\. Okafor/).first().waitFor();

    await phone.goto("/own");
    await phone.getByRole("button", { name: "Close these pages on this phone" }).click();
    await phone.getByRole("heading", { name: "Closed" }).waitFor();
    await phone.goto("/own");
    await phone.getByRole("heading", { name: "This link does not open anything." }).waitFor();
    assert.equal(found.length, 0, found.join("\n"));
  });
});
