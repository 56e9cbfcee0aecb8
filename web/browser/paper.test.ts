// A paper of a downtime, typed with its photo: nothing typed is lost, nothing is
// recorded twice, no alarm sounds for it, and the copy of the clinic holds it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { deflateSync, crc32 } from "node:zlib";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Locator, Page } from "playwright-core";

import { violations } from "./access.ts";
import { Clinic, signIn } from "./clinic.ts";
import { step, watched } from "./pictures.ts";

let clinic: Clinic;
let desk: Page;
let visit = "";

before(async () => {
  clinic = await Clinic.open();
  desk = await (await clinic.device({ width: 1024, height: 768 })).newPage();
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

/** png is a grey picture of some pixels. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8; // bits of grey
  const rows = Buffer.alloc((width + 1) * height, 0x7f);
  for (let y = 0; y < height; y++) rows[y * (width + 1)] = 0;
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

/** line is the nth line of a table, filled in. */
async function line(table: string, n: number, cells: Record<string, string>): Promise<Locator> {
  const l = desk.locator(`[data-section="${table}"] .line`).nth(n);
  for (const [key, text] of Object.entries(cells)) {
    const field = l.locator(`[data-key="${key}"]`);
    if (text === "tick") await field.check();
    else if ((await field.evaluate((e) => e.tagName)) === "SELECT") await field.selectOption({ label: text });
    else await field.fill(text);
  }
  return l;
}

test("a whole visit is entered from paper, with its photo", async () => {
  await watched("paper", () => [desk], async () => {
    await signIn(desk, clinic.who("okafor"), "/sessions");
    visit = (await desk.getByRole("link", { name: "Sato, H" }).first().getAttribute("href"))!;
    await desk.goto(visit);
    await desk.getByRole("link", { name: "Enter from paper" }).click();
    await desk.getByRole("heading", { level: 1, name: "Enter from paper" }).waitFor();
    assert.deepEqual(await violations(desk, "paper, blank"), []);

    await desk.getByLabel("Who wrote it").selectOption({ label: clinic.who("brandt").name });
    await desk.getByLabel("Programmed on the pump").fill("1");
    await desk.locator("#photo").setInputFiles({ name: "not-a-photo.png", mimeType: "image/png", buffer: Buffer.from("<svg onload=alert(1)>") });
    await desk.getByText("The photo is neither JPEG nor PNG").waitFor();
    await desk.locator("#photo").setInputFiles({ name: "sheet.png", mimeType: "image/png", buffer: png(320, 200) });
    await desk.getByText("The photo is kept").waitFor();
    await desk.getByLabel("From", { exact: true }).first().fill("00:10");
    await desk.getByLabel("To", { exact: true }).fill("04:00");

    await line("arrival", 0, { name: "tick", born: "tick", allergies: "tick", time: "00:15" });
    await line("pump", 0, { time: "00:30", what: "Start", rate: "16" });
    await line("pump", 1, { time: "01:00", what: "Change", rate: "28", dose: "0.35", why: "as ordered" });
    await line("minutes", 0, { time: "00:45", bp: "190/101/130", hr: "118", spo2: "91", oxygen: "0", rr: "14", sedation: "5", pain: "3", distress: "2", site: "Fine", pump: "16", given: "4" });
    await line("effects", 0, { time: "00:50", what: "Nausea", grade: "1", done: "a bowl", gone: "01:10" });
    await line("drugs", 0, { time: "25:00", drug: "ondansetron", dose: "4 mg", route: "IV", author: clinic.who("okafor").name });
    await line("stop", 0, { time: "01:30", cause: "Planned end", given: "22" });
    await line("notes", 0, { time: "01:40", words: "Slept until two." });
    await line("home", 0, { time: "03:20", how: "Went home", words: "her brother" });
    await step(desk, "paper-typed");

    // The tab is closed by mistake.
    await desk.reload();
    await desk.getByText("What you typed here before and did not record is back.").waitFor();
    assert.equal(await desk.locator('[data-section="drugs"] [data-key="time"]').inputValue(), "25:00");
    assert.ok(await desk.locator('[data-section="arrival"] [data-key="born"]').isChecked());
    assert.ok(await desk.locator('[name="sheet"]').first().isChecked());

    await desk.getByRole("button", { name: "Look at it" }).click();
    await desk.getByRole("heading", { name: "To be looked at again" }).waitFor();
    assert.match(await desk.locator('[data-section="drugs"] .line .trouble').innerText(), /Write the time as 10:05/);
    assert.equal(await desk.getByRole("button", { name: "Record it" }).isVisible(), false);
    assert.match(await desk.locator("#preview").innerText(), /22\.00 mg/);
    assert.deepEqual(await violations(desk, "paper, with a line to be looked at again"), []);

    await line("drugs", 0, { time: "00:55" });
    await desk.getByLabel("The pump shows").fill("12");
    await desk.locator("#total-unit").selectOption("mL");
    await desk.getByRole("button", { name: "Look at it" }).click();
    await desk.locator("#problems").getByText("say why they differ").waitFor();
    await desk.getByLabel("Why they differ").fill("The pump was restarted at half past.");
    await desk.getByRole("button", { name: "Look at it" }).click();
    await desk.getByRole("button", { name: "Record it" }).waitFor();
    const said = await desk.locator("#preview").innerText();
    for (const text of ["Discharged", "12.00 mg: 10.00 mg (45.5 %) less than the record's 22.00 mg", "Started on paper: no gate was asked here", "16 mL/h", "28 mL/h"]) {
      assert.ok(said.includes(text), `the preview does not say ${text}:\n${said}`);
    }
    assert.ok(!said.includes("Nobody has said that Stillwatch was down"), said);
    assert.deepEqual(await violations(desk, "paper, seen before it is recorded"), []);
    await step(desk, "paper-preview");
  });
});

test("the network goes in the middle, and comes back", async () => {
  await watched("paper-sent", () => [desk], async () => {
    let answered = 0;
    await desk.route("**/v1/commands/**", async (route) => {
      if (++answered <= 4) return route.continue();
      if (answered === 5) { // it arrives, and its answer is lost
        await route.fetch();
      }
      return route.abort();
    });
    await desk.getByRole("button", { name: "Record it" }).click();
    await desk.getByText("The rest waits in this browser.").waitFor();
    assert.match(await desk.locator("#sending").innerText(), /^4 of 1\d entries are recorded/);
    await desk.unroute("**/v1/commands/**");
    await desk.reload();
    await desk.getByRole("button", { name: "Send the rest" }).click();
    await desk.getByText("The paper is in the record.").waitFor();

    const record = await desk.locator("main").innerText();
    for (const text of [
      "L. Brandt RN, typed by A. Okafor RN", "A. Okafor RN, typed by A. Okafor RN", "from paper", "Stillwatch was not watching", "22.00 mg",
      "Pump's own total", "Photo 1", "Slept until two.", "The pump was restarted at half past.",
    ]) assert.ok(record.includes(text), `the record does not say ${text}:\n${record}`);
    for (const once of ["Infusion started", "Rate found", "Stop recorded", "Pump read as stopped", "Pump's own total compared", "ondansetron 4 mg"]) {
      const entries = await desk.locator(".entries li").filter({ hasText: once }).count();
      assert.equal(entries, 1, `${once} stands ${entries} times in the record`);
    }
    assert.ok(!/Alarm (raised|announced)|alarm:/i.test(record), "an alarm was raised for what was typed");
    await step(desk, "paper-record");

    const photo = await desk.request.get((await desk.getByRole("link", { name: /^Photo 1/ }).getAttribute("href"))!);
    assert.equal(photo.headers()["content-type"], "image/png");
    assert.equal(photo.headers()["content-security-policy"], "default-src 'none'; sandbox");
    assert.ok((await photo.body()).equals(png(320, 200)), "the photo is not what was sent");

    const front = await (await clinic.device()).newPage();
    await signIn(front, clinic.who("quinn"), "/sessions");
    const closed = await front.request.get(photo.url());
    assert.notEqual(closed.headers()["content-type"], "image/png", "the front desk sees the photo");
  });
});

test("the page stays within a phone", async () => {
  const phone = await (await clinic.device({ width: 390, height: 844 })).newPage();
  await watched("paper-phone", () => [phone], async () => {
    await signIn(phone, clinic.who("okafor"), `${visit}/paper`);
    await phone.locator(".line").first().waitFor();
    assert.ok((await phone.evaluate(() => document.documentElement.scrollWidth)) <= 390, "the page scrolls sideways");
    assert.deepEqual(await violations(phone, "paper, on a phone"), []);
    await step(phone, "paper-phone");
  });
});

test("a copy of the clinic holds paper and photo", async () => {
  await clinic.stop();
  const copies = mkdtempSync(path.join(tmpdir(), "stillwatch-copies-"));
  try {
    for (const args of [
      ["verify", "--data", clinic.data], ["backup", "--data", clinic.data, "--to", path.join(copies, "c")],
      ["restore", "--from", path.join(copies, "c"), "--data", path.join(copies, "again")], ["verify", "--data", path.join(copies, "again")],
    ]) {
      const ran = await clinic.run(...args);
      assert.equal(ran.code, 0, `stillwatch ${args.join(" ")}:\n${ran.out}`);
    }
  } finally {
    rmSync(copies, { recursive: true, force: true });
  }
});
