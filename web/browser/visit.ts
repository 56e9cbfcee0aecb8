// The steps of a visit, each as a nurse does it at the chair. The tests walk
// them in their order; a test that needs a later phase walks there first.

import assert from "node:assert/strict";

import type { Page } from "playwright-core";

import type { Chair } from "./chair.ts";
import { signIn, type Clinic } from "./clinic.ts";

/** enrolled makes a browser a device of the clinic, with a code from another screen. */
async function enrolled(clinic: Clinic, page: Page, login: string, kind: "chair tablet" | "station", chair?: number): Promise<void> {
  const context = await clinic.device({ width: 1280, height: 800 });
  const other = await context.newPage();
  await signIn(other, clinic.who("admin"), "/devices");
  await other.getByText("Enrol a tablet or station").click();
  await other.getByLabel("Kind", { exact: true }).selectOption(kind);
  if (chair !== undefined) await other.locator("#e-chair").selectOption(String(chair));
  await other.getByRole("button", { name: "Make a code" }).click();
  const code = await other.locator(".secret").innerText();
  await context.close();

  await signIn(page, clinic.who(login), "/devices");
  await page.getByText("Enrol this device with a code").click();
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Enrol this device" }).click();
}

/** enrol makes a browser the tablet of a chair. */
export async function enrol(clinic: Clinic, page: Page, login: string, chair: number): Promise<void> {
  await enrolled(clinic, page, login, "chair tablet", chair);
  await page.waitForURL(`/chair/${chair}`);
}

/** station makes a page the board of the clinic's station, where nobody is signed in, and lets it sound. */
export async function station(clinic: Clinic, page: Page): Promise<void> {
  await enrolled(clinic, page, "okafor", "station");
  await page.waitForURL("/board");
  await page.getByText("Menu").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL((u) => u.pathname !== "/board");
  await page.goto("/board");
  await page.locator(".clock").click();
  await page.locator("#sound-off").waitFor({ state: "hidden" });
}

export async function checkIn(c: Chair): Promise<void> {
  await c.form("Check in");
  await c.chooseAll("Compared", "Full name", "Date of birth");
  await c.submit("Checked in");
  await c.phase("Preparing");
}

/** paper says that a signed document was read. */
export async function paper(c: Chair, document: string, title: string, date: string): Promise<void> {
  await c.form("Paper document", "Read on paper");
  await c.choose("Document", document);
  await c.write("Title and version", title);
  await c.write("Date on the document", date);
  await c.submit("I have read it");
}

export async function linkMonitor(c: Chair, monitor: string): Promise<void> {
  await c.form("Link monitor", "Link the monitor");
  await c.choose("Monitor", monitor);
  await c.submit("This monitor is on this patient");
}

/** precheck answers everything that is asked before the infusion. */
export async function precheck(c: Chair): Promise<void> {
  await c.form("Pre-check", "Before the infusion");
  await c.unfold("Allergies");
  await c.yes("Read back by the patient");
  await c.unfold("Last food and drink");
  await c.write("Last solid food", "20:30");
  await c.pickDay("Last solid food", "Yesterday");
  await c.write("Last clear fluid", "05:15");
  await c.unfold("Escort");
  await c.yes("An adult takes the patient home");
  await c.write("Name", "Kenji Sato");
  await c.write("Phone", "555 0142");
  await c.yes("Reached by phone today");
  await c.no("The patient means to drive");
  await c.unfold("Pregnancy test");
  await c.yes("The test applies");
  await c.choose("Result today", "Negative");
  await c.unfold("Weight, measured now");
  await c.type("Weight in kg", "61.5");
  await c.write("Which scale", "scale 1");
  await c.unfold("Medicines since the last visit");
  await c.no("Anything new", "Theophylline", "Benzodiazepine", "Stimulant");
  await c.unfold("In the last 24 hours");
  await c.no("Alcohol", "Cannabis", "Sedatives");
  await c.unfold("Conditions that change the day");
  await c.no("GLP-1", "Insulin", "CPAP at night");
  await c.unfold("Bladder");
  await c.no("Passing water", "Having to hurry", "Getting up", "Pain or burning", "Blood in", "Pain in the lower");
  await c.unfold("Mood");
  await c.no("Low mood", "Thoughts of ending life");
  await c.unfold("After the last infusion");
  await c.yes("This is the first infusion");
  await c.unfold("Consent");
  await c.yes("Confirmed in words today");
  await c.unfold("Premedication");
  await c.no("Given");
  await c.yes("Declined");
  await c.unfold("IV line");
  await c.write("Site", "left forearm");
  await c.type("Gauge", "22");
  await c.type("Attempts", "1");
  await c.submit("Record answers");
}

/** rateSE12 gives all twelve side effects one rating. */
export async function rateSE12(c: Chair, rating: string): Promise<void> {
  await c.unfold("All twelve, 0 none");
  const items = c.sheet.locator(".twelve").getByRole("radiogroup");
  const n = await items.count();
  assert.equal(n, 12);
  for (let i = 0; i < n; i++) await items.nth(i).getByRole("radio", { name: rating, exact: true }).click();
}

/**
 * confirmDevice takes the monitor's values over. A moving patient makes the
 * probe doubtful for some seconds, and a doubtful value is not offered: a
 * nurse waits for it and confirms it too.
 */
async function confirmDevice(c: Chair): Promise<void> {
  const confirm = c.sheet.getByRole("button", { name: "Confirm device values" });
  for (const sign of ["SpO₂", "Pulse"]) {
    const field = c.sheet.getByRole("textbox", { name: new RegExp(`^${sign}`) });
    for (let tries = 0; (await field.inputValue()) === ""; tries++) {
      if (tries > 10) throw new Error(`${sign} is offered and not taken`);
      await c.sheet.locator(".device li").filter({ hasText: sign }).waitFor();
      await confirm.click();
    }
  }
}

/** observe charts a set: the monitor's values confirmed, the rest asked. */
export async function observe(c: Chair, o: { purpose?: string; twelve?: boolean; temperature?: string; ago?: string; standing?: boolean } = {}): Promise<void> {
  await c.form("Observation");
  await confirmDevice(c);
  await c.choose("Awake", "5");
  await c.choose("Pain now", "4");
  await c.choose("Distress", "0");
  await c.choose("IV site", "Fine");
  await c.choose("Position", "Reclined");
  await c.yes("Knows person, place and time");
  await c.unfold("Oxygen");
  await c.yes("Breathing air");
  if (o.temperature) await c.type("Temperature", o.temperature);
  if (o.twelve) await rateSE12(c, "0");
  else await c.yes("Nothing new");
  if (o.standing) {
    await c.unfold("First standing");
    await c.yes("Assisted", "Steady");
  }
  if (o.purpose) await c.choose("For", o.purpose);
  if (o.ago) await c.bar.getByRole("radio", { name: o.ago }).click();
  await c.submit("Record observation");
}

/** compute is one person's own computation of the draw-up. */
export async function compute(c: Chair, mass: string, volume: string): Promise<void> {
  await c.form("Compute draw-up", "Compute the draw-up");
  await c.type("Ketamine in the bag", mass);
  await c.type("Volume to draw", volume);
  await c.submit("Record my computation");
}

/** pump types what the pump shows, digit by digit. */
export async function pump(c: Chair, rate: string, toInfuse: string): Promise<void> {
  await c.type("Rate on the pump", rate);
  await c.type("Pump concentration", "1");
  await c.type("Volume to be infused", toInfuse);
}
