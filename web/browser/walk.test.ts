// The whole visit of one patient at a tablet, from check-in to the closed
// record, by hand: two nurses and a prescriber.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { step, watched } from "./pictures.ts";
import { checkIn, compute, enrol, linkMonitor, observe, paper, precheck, pump, station } from "./visit.ts";

let clinic: Clinic;
before(async () => {
  clinic = await Clinic.open();
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

test("a nurse takes a patient from check-in to closing", { timeout: 300_000 }, async () => {
  const pages: Page[] = [];
  await watched("walk", () => pages, async () => {
    const page = await (await clinic.device()).newPage();
    pages.push(page);
    const nurse = clinic.who("okafor");
    const second = clinic.who("brandt");
    const prescriber = clinic.who("weiss");
    const look = (name: string): Promise<void> => step(page, name);

    await enrol(clinic, page, "okafor", 5);
    const chair = new Chair(page, 5);
    await chair.open();
    await look("expected");
    await checkIn(chair);
    await look("gate");

    await chair.act("Take over");
    await look("take-over");
    await chair.submit("I take over");
    await linkMonitor(chair, "Virtual monitor 5");
    await look("linked");
    await paper(chair, "Consent", "Consent form 4", "2026-11-02");
    await paper(chair, "Screening", "Screening letter", "2026-11-02");
    await precheck(chair);
    await look("prechecked");
    await clinic.pass("5m"); // until the cuff has gone round
    await chair.unlock(nurse);
    await chair.value("nibp");
    await observe(chair, { purpose: "Baseline", twelve: true, temperature: "36.6" });
    await look("baseline");
    // The two resting sets lie five minutes apart; the idle screen locks meanwhile.
    await clinic.pass("5m");
    await chair.unlock(nurse);
    await look("five-minutes-on");
    await observe(chair, { purpose: "Baseline", twelve: true });

    await chair.handTo(prescriber);
    await look("prescriber");
    await chair.form("I am the prescriber", "Take over as prescriber");
    await chair.yes("I am on site");
    await chair.submit("I take over");
    await look("gate-again");
    // Three infusions for one nurse: the prescriber answers for it.
    await chair.sheetless();
    await chair.page.getByRole("button", { name: "Accept with a reason" }).first().click();
    await look("accept");
    await chair.write("Reason", "second nurse in the room for the first half hour");
    await chair.submit("Accept with this reason");
    await look("gate-open");

    await chair.handTo(nurse);
    await look("nurse-again");
    await chair.act("Ready for draw-up");
    await look("ready-sheet");
    await chair.submit("Ready");
    await chair.phase("Ready for draw-up");
    await look("ready");

    await chair.form("Open vials");
    await chair.sheet.getByRole("button", { name: "Add vial" }).click();
    await chair.choose("Drug on the vial", "Ketamine");
    await chair.write("Lot", "DEMO-2291");
    await chair.write("Expiry", "2027-11-30");
    await chair.write("Strength on the vial", "50");
    await chair.write("Volume drawn", "2");
    await look("vials");
    await chair.submit("Vials opened");

    await compute(chair, "100", "2");
    await look("computed-once");
    await chair.handTo(second);
    await look("second-person");
    await compute(chair, "100", "2");
    await chair.phase("Drug prepared");
    await look("prepared");
    await chair.notices.getByRole("button", { name: "Label for the bag" }).click();
    await look("label");
    const label = await chair.sheet.locator(".code").innerText();
    assert.match(label, /^[0-9A-F]{8}-\d$/);
    await chair.back();

    // The start needs one nurse for one patient while the rate is found: accepted again.
    await chair.handTo(prescriber);
    await chair.page.getByRole("button", { name: "Accept with a reason" }).click();
    await chair.write("Reason", "second nurse at chairs 3 and 4 until the rate stands");
    await chair.submit("Accept with this reason");

    await chair.handTo(nurse);
    await chair.form("Time-out", "Time-out at the chair");
    await chair.write("Label on the bag", label);
    await chair.yes("Bag, patient and order agree", "Call button shown", "Call button pressed", "Room quiet");
    await chair.choose("Patient is", "Reclined");
    await look("time-out");
    await chair.submit("Record time-out");
    await look("timed-out");

    // A pump that shows another rate does not start.
    await chair.form("Start");
    await pump(chair, "21.3", "34.8");
    await look("start-wrong");
    await chair.press("Record start");
    await chair.sheet.getByRole("alert").waitFor();
    await look("start-refused");

    // Nor does one at a chair that nobody hears, until a station sounds.
    await chair.retype("Rate on the pump", "12.3");
    await chair.press("Record start");
    await chair.sheet.getByRole("alert").getByText("No place is proven to hear this chair").waitFor();
    await look("start-unheard");
    const board = await (await clinic.device({ width: 1280, height: 800 })).newPage();
    pages.push(board);
    await station(clinic, board);
    await page.locator(".head").getByText(/heard by/).waitFor();
    await chair.submit("Record start");
    await chair.phase("Infusing");
    await look("infusing");

    await clinic.pass("15m");
    await chair.unlock(nurse);
    await observe(chair);
    await look("observed");

    await clinic.pass("6m");
    await chair.unlock(nurse);
    await chair.form("Rate");
    await look("rate");
    await chair.choose("New rate", "0.3 mg/kg/h");
    await chair.type("Rate on the pump", "18.4");
    await chair.type("Pump concentration", "1");
    await look("rate-typed");
    await chair.submit("Record rate");

    await chair.form("Side effect");
    await look("side-effect");
    await chair.choose("What", "Nausea");
    await chair.choose("Grade", "1");
    await chair.submit("Record side effect");

    await chair.form("Drug", "Drug given");
    await look("drug");
    await chair.choose("Ordered", "ondansetron 4 mg");
    await chair.submit("Record drug given");

    await chair.form("Pause");
    await chair.choose("Why", "Toilet");
    await chair.submit("Pump paused, record");
    await chair.phase("Paused");
    await look("paused");
    await chair.form("Resume");
    await look("resume");
    await chair.choose("Rate", "0.3 mg/kg/h");
    await pump(chair, "18.4", "30.5");
    await chair.submit("Record resume");
    await chair.phase("Infusing");

    await clinic.pass("19m");
    await chair.unlock(nurse);
    await observe(chair, { purpose: "Peak", twelve: true });
    await look("at-peak");
    await clinic.pass("15m");
    await chair.unlock(nurse);
    await look("running");

    await chair.press("Stop");
    await look("stop-armed");
    await chair.sheet.getByRole("button", { name: "Planned end" }).click();
    await chair.phase("Stopped");
    await look("stopped");
    await chair.form("Pump is stopped", "Pump stopped");
    await look("confirm");
    // What the pump says it gave agrees with what was computed from its rates.
    const head = await page.locator(".head .line").innerText();
    const given = /([0-9.]+) mg given/.exec(head)?.[1];
    assert.ok(given, `the header does not say what was given: ${head}`);
    await chair.type("Volume given", Number(given).toFixed(1));
    await chair.submit("Pump read, stopped");
    await chair.act("Begin recovery");
    await chair.submit("Recovery begins");
    await chair.phase("Recovering");
    await look("recovering");

    for (const minutes of ["15m", "15m", "15m"]) {
      await clinic.pass(minutes);
      await chair.unlock(nurse);
      await observe(chair, { purpose: "Recovery" });
    }
    await look("recovered");
    await clinic.pass("16m");
    await chair.unlock(nurse);
    await observe(chair, { purpose: "Before going home", twelve: true, standing: true });
    await look("before-home");

    await chair.form("Discharge score", "Discharge scores");
    await look("scores");
    for (const item of ["Signs against baseline", "Walking", "Nausea and vomiting", "Pain, against", "Bleeding"]) await chair.choose(item, "2");
    for (const item of ["Moves", "Breathes", "Pressure against", "Awake", "SpO₂"]) await chair.choose(item, "2");
    await chair.submit("Record scores");

    await chair.form("Discharge list", "Before going home");
    await chair.unfold("Escort, seen in person");
    await chair.yes("Escort is here");
    await chair.write("Name", "Kenji Sato");
    await chair.yes("The escort said them back", "Given in writing", "Drinks and keeps it", "IV line out", "IV site clean", "Patient accepts the pain");
    await chair.write("Way home", "escort's car");
    await look("discharge-list");
    await chair.submit("Record answers");

    // What was drawn and not given is wasted before a witness.
    const left = (100 - Number(given)).toFixed(1);
    await chair.form("Waste", "Waste what is left");
    await chair.type("Wasted", left);
    await chair.type("Volume wasted", left);
    await chair.write("How it was made unusable", "into the denaturing container");
    await chair.press("Wasted, witnessed");
    await page.getByRole("dialog", { name: "Witness" }).waitFor();
    await look("witness");
    await chair.pin(second);
    await chair.sheetless();
    await look("wasted");

    // Somebody other than whoever set the rate agrees.
    await chair.handTo(second);
    await chair.form("Discharge list", "Before going home");
    await chair.yes("I have seen the patient and agree");
    await chair.submit("Record answers");
    await chair.handTo(nurse);
    await look("home-gate");
    await chair.act("Discharge");
    await look("discharge");
    await chair.submit("Discharge");
    await page.getByRole("heading", { name: "No patient" }).waitFor();
    await look("gone");

    // The prescriber reviews, signs and closes at the desk.
    const desk = await (await clinic.device({ width: 1280, height: 800 })).newPage();
    pages.push(desk);
    await signIn(desk, prescriber, "/sessions");
    await desk.getByRole("link", { name: "Sato, H" }).first().click();
    await desk.getByRole("heading", { name: "Haruka Sato" }).waitFor();
    await step(desk, "record-open");
    const record = new URL(desk.url()).pathname;
    await desk.getByRole("link", { name: "Review and sign" }).click();
    await desk.getByRole("radio", { name: "Reviewed and approved" }).check();
    await desk.getByLabel("Your password").fill(prescriber.password);
    await step(desk, "review");
    await desk.getByRole("button", { name: "Sign", exact: true }).click();
    await desk.waitForURL((u) => u.pathname === record);
    await desk.getByRole("link", { name: "Close the record" }).click();
    await step(desk, "close");
    await desk.getByRole("button", { name: "Close record" }).click();
    await desk.waitForURL((u) => u.pathname === record);
    await step(desk, "record");

    // The record: one document, on the page and as PDF, and a sound log below.
    const account = await desk.getByRole("region", { name: "Drug accounted for" }).innerText();
    assert.match(account, new RegExp(`Drawn\\s+100(\\.0+)? mg`));
    assert.match(account, new RegExp(`Wasted, witnessed\\s+${left.replace(".", "\\.")}0* mg`));
    const text = await desk.locator("article.record").innerText();
    for (const said of ["Kenji Sato", "into the denaturing container", "second nurse in the room", "Nausea", "ondansetron", "J. Weiss MD", "Closed"]) {
      assert.ok(text.includes(said), `the record does not say ${said}`);
    }
    await desk.setViewportSize({ width: 390, height: 844 });
    assert.equal(await desk.evaluate(() => document.scrollingElement!.scrollWidth), 390, "a closed record scrolls sideways on a phone");
    const pdf = await desk.request.get(`${record}/record.pdf`);
    assert.equal(pdf.status(), 200);
    assert.equal(pdf.headers()["content-type"], "application/pdf");
    const bytes = await pdf.body();
    assert.equal(bytes.subarray(0, 5).toString("latin1"), "%PDF-");
    const leaves = bytes.toString("latin1").match(/\/Type \/Page\b(?!s)/g) ?? [];
    assert.ok(leaves.length >= 2, `a whole visit on ${leaves.length} pages`);

    await clinic.stop();
    const verified = await clinic.run("verify", "--data", clinic.data);
    assert.equal(verified.code, 0, verified.out);
  });
});
