// An alarm from what is charted to what is heard, seen and answered: at a
// locked chair, on the board, and with the sound of a station.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { violations } from "./access.ts";
import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { step, watched } from "./pictures.ts";
import { enrol, station } from "./visit.ts";

let clinic: Clinic;
let tablet: Page;
let board: Page;
let chair: Chair;
const pages: Page[] = [];

/** listening counts the tones that a page starts, by their pitch. */
async function listening(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard: number[] = [];
    Object.assign(globalThis, { heard });
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (when?: number) {
      heard.push(this.frequency.value);
      return start.call(this, when);
    };
  });
}

/** heard gives the pitches that a page has played. */
async function heard(page: Page): Promise<number[]> {
  return page.evaluate(() => (globalThis as unknown as { heard: number[] }).heard);
}

async function forget(page: Page): Promise<void> {
  await page.evaluate(() => void ((globalThis as unknown as { heard: number[] }).heard.length = 0));
}

before(async () => {
  clinic = await Clinic.open();
  tablet = await (await clinic.device()).newPage();
  pages.push(tablet);
  await listening(tablet);
  await enrol(clinic, tablet, "okafor", 3);
  chair = new Chair(tablet, 3);
  await chair.open();
  await chair.phase("Infusing");
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

test("a chair that nobody hears says so, until a board of its nurse sounds", async () => {
  await watched("alarm-heard", () => pages, async () => {
    await chair.notices.getByText("No one hears this chair").waitFor();
    await tablet.getByRole("button", { name: /Yellow: No one hears this chair/ }).waitFor();
    await tablet.locator(".head .phase").click();
    await tablet.waitForFunction(() => (globalThis as unknown as { heard: number[] }).heard.includes(440));
    assert.ok(!(await heard(tablet)).includes(587), "what is technical sounds above the patient as a yellow alarm");
    board = await (await clinic.device({ width: 1280, height: 800 })).newPage();
    pages.push(board);
    await listening(board);
    await signIn(board, clinic.who("okafor"), "/board");
    await board.locator('li[data-chair="3"]').waitFor();
    await board.locator(".clock").click();
    await board.locator("#sound-off").waitFor({ state: "hidden" });
    await chair.notices.getByText("No one hears this chair").waitFor({ state: "detached" });
    await tablet.locator(".head").getByText("heard by A. Okafor RN").waitFor();
    await tablet.getByRole("button", { name: /No one hears this chair/ }).waitFor({ state: "detached" });
  });
});

test("a red alarm stands on chair and board, sounds, and is acknowledged from a locked screen", async () => {
  await watched("alarm-red", () => pages, async () => {
    await chair.form("Observation");
    await chair.choose("Awake", "3");
    await chair.press("Record observation");
    // What is to be considered opens by itself on the screen where it was charted.
    await tablet.getByRole("dialog", { name: "Alarms" }).getByText("Answer at the chair").first().waitFor();
    const bar = tablet.getByRole("button", { name: /Red: Sedation too deep/ });
    await bar.waitFor();
    const row = board.locator("ol.rows > li").first();
    await row.filter({ has: board.locator(".alarm.red.called") }).getByText("Sedation too deep").waitFor();
    assert.equal(await row.getAttribute("data-chair"), "3");
    await step(board, "alarm-board");

    // Nobody charts an answer: the nurse is called, and the station sounds.
    await clinic.pass("3m");
    await row.getByText("Okafor is called").or(row.getByText(/^Called next: /)).or(row.getByText("The room is called")).waitFor();
    await board.waitForFunction(() => (globalThis as unknown as { heard: number[] }).heard.includes(880));
    // The clinic's clock went on by minutes: until the board has said again that it sounds, the chair does.
    await tablet.locator(".head").getByText("heard by A. Okafor RN").waitFor();
    await forget(tablet);
    await forget(board);
    await board.waitForFunction(() => (globalThis as unknown as { heard: number[] }).heard.includes(880));
    assert.deepEqual(await heard(tablet), [], "the chair sounds although somebody hears it");

    // On a locked screen nothing covers the bar, and stop stays one touch away.
    await chair.lock();
    await bar.click();
    await tablet.getByRole("dialog", { name: "Alarms" }).waitFor();
    await step(tablet, "alarm-list-locked");
    const wrong = await violations(tablet, "list of alarms, locked");
    assert.equal(wrong.length, 0, wrong.join("\n"));
    await chair.bar.getByRole("button", { name: /^Stop/ }).click();
    await tablet.getByRole("dialog", { name: "Stop the pump now" }).waitFor();
    await chair.back();
    await bar.click();
    await tablet.locator(".alarm-one", { hasText: "Sedation too deep" }).getByRole("button", { name: "Acknowledge" }).click();
    await chair.pin(clinic.who("okafor"));
    await bar.getByText(/^Acknowledged \d+:\d\d by A\. Okafor RN$/).waitFor();
    await step(tablet, "alarm-acknowledged");
    await board.locator('li[data-chair="3"]').getByText(/^Acknowledged \d+:\d\d by Okafor$/).waitFor();
    const still = await violations(tablet, "list of alarms");
    assert.equal(still.length, 0, still.join("\n"));
  });
});

test("each sound can be tried, unless an alarm has to be heard", async () => {
  await watched("alarm-test", () => pages, async () => {
    await board.getByText("Test sound and screens").click();
    await step(board, "self-test");
    const wrong = await violations(board, "board with self-test");
    assert.equal(wrong.length, 0, wrong.join("\n"));
    await board.getByRole("button", { name: /^Yellow alarm/ }).click();
    await board.locator("[data-heard]").getByText(/Did you hear it|has to be heard/).waitFor();
  });
});

test("the test of a station is recorded by whoever heard it, and one that failed hears nobody", async () => {
  await watched("sound-test", () => pages, async () => {
    const page = await (await clinic.device({ width: 1280, height: 800 })).newPage();
    pages.push(page);
    await station(clinic, page);
    await tablet.locator(".head").getByText(/heard by .*[Ss]tation/).waitFor();
    const record = async (low: "Yes" | "No"): Promise<void> => {
      await page.getByText("Test sound and screens").click();
      const one = page.locator(".selftest .one");
      for (let i = 0; i < (await one.count()); i++) {
        const isLow = (await one.nth(i).locator("[data-tone=low]").count()) > 0;
        for (const f of await one.nth(i).locator("fieldset").all()) await f.getByLabel(isLow ? low : "Yes").check();
      }
      await page.getByLabel("Who").selectOption({ label: clinic.who("okafor").name });
      await page.getByLabel("PIN").fill(clinic.who("okafor").pin);
      await step(page, "sound-test");
      const wrong = await violations(page, "test of a station");
      assert.equal(wrong.length, 0, wrong.join("\n"));
      await page.getByRole("button", { name: "Record the test" }).click();
      await page.waitForURL(/done=tested/);
    };
    await record("No");
    await page.getByText(/Sound test failed today at .*low alarm/).waitFor();
    await tablet.locator(".head").getByText(/[Ss]tation/).waitFor({ state: "detached" });
    await step(page, "sound-test-failed");
    await page.locator(".clock").click();
    await record("Yes");
    await page.getByText(/Sound tested today .* by A\. Okafor RN/).waitFor();
    await page.close();
  });
});

test("the station sounds by itself when the server is lost", async () => {
  await watched("alarm-lost", () => pages, async () => {
    clinic.freeze();
    try {
      await board.waitForFunction(() => (globalThis as unknown as { heard: number[] }).heard.includes(494));
      await board.locator(".lost-server").waitFor();
      await tablet.getByText(/As of the last connection|Alarms are not known/).first().waitFor();
    } finally {
      clinic.thaw();
    }
  });
});

test("a chair that lost the server sounds, until somebody says that they are there", async () => {
  await watched("alarm-alone", () => pages, async () => {
    await tablet.locator(".head").getByText("heard by A. Okafor RN").waitFor();
    await tablet.locator(".head .phase").click(); // a hand was here: the browser may sound
    await forget(tablet);
    const lost = (): Promise<unknown> => tablet.waitForFunction(() => (globalThis as unknown as { heard: number[] }).heard.includes(494), undefined, { timeout: 40_000 });
    clinic.freeze();
    try {
      await chair.notices.getByText("nobody is known to hear this chair").waitFor();
      assert.ok(!(await heard(tablet)).includes(494), "it sounds though what it knew last still counts");
      await lost();
      await step(tablet, "alarm-alone");
      const wrong = await violations(tablet, "chair without the server");
      assert.equal(wrong.length, 0, wrong.join("\n"));
      await chair.notices.getByRole("button", { name: "I am here: quiet for 2 min" }).click();
      await chair.notices.getByText(/Somebody is here: this chair is quiet for/).waitFor();
      await step(tablet, "alarm-alone-quiet");
    } finally {
      clinic.thaw();
    }
    await chair.notices.getByText(/this chair is quiet for/).waitFor({ state: "detached" });
    await chair.act("Entries of this visit");
    await tablet.getByRole("dialog", { name: "Entries of this visit" }).getByText("Chair quietened").first().waitFor();
  });
});
