// One patient's whole way, through pages alone: the referral, the patient's own phone,
// the decision, the consent, the order, the day of the infusion and the way home.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Locator, Page } from "playwright-core";

import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { step, watched } from "./pictures.ts";
import { checkIn, compute, enrol, linkMonitor, observe, precheck, pump, station } from "./visit.ts";

let clinic: Clinic;
before(async () => {
  clinic = await Clinic.open();
});
after(async () => {
  await clinic.stop();
  clinic.forget();
});

const patient = { given: "Ines", family: "Morel", born: { day: "9", month: "3", year: "1984" }, number: "D-1009" };
const name = `${patient.given} ${patient.family}`;

// What a nurse measured or was told where "no" is no answer. Every laboratory result
// lies well within its limits.
const found: Record<string, string> = {
  "history.child_pugh": "none", "pregnancy.test": "negative", "signs.sbp": "122", "signs.dbp": "76", "signs.hr": "68", "signs.rr": "14", "signs.spo2": "98",
  "signs.temp": "36.6", "signs.sedation": "5", "body.weight": "61.5", "body.height": "168", "tests.ecg": "normal", "tests.urinalysis": "normal",
  "tests.drug_screen": "negative", "tests.pdmp": "as expected", "tests.cognition": "normal", "instruments.cssrs": "none", "instruments.nrs": "7", "instruments.peg": "7.3",
  "plan.justification": "yes", "plan.second_clinician": "yes", "plan.visits": "yes", "plan.treatment_resistant": "yes", "plan.exception": "yes",
};

/** day is a day of the clinic's, so many days from today, as a date field takes it. */
function day(ahead = 0): string {
  const at = new Date(Date.now() + ahead * 86_400_000);
  return new Intl.DateTimeFormat("en-CA", { timeZone: clinic.zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** choose marks an answer of a question by its words; what is clicked is what a person sees. */
async function choose(p: Page, question: string | RegExp, answer: string): Promise<void> {
  await p.getByRole("group", { name: question }).locator("label").filter({ hasText: new RegExp(`^\\s*${answer}\\s*$`) }).click();
}

/** fill answers every question of a course's form that nobody has answered yet. */
async function fill(p: Page): Promise<number> {
  let asked = 0;
  for (const q of await p.locator("form.stack fieldset.field").all()) {
    const first = q.locator("input").first();
    const about = (await first.getAttribute("name"))!;
    if (!about.includes(".") || (await q.locator(".hint").count()) > 0) continue;
    await q.locator("label", { has: p.locator(`input[value="${found[about] ?? "no"}"]`) }).click();
    asked++;
  }
  for (const f of await p.locator('form.stack input[inputmode="decimal"]').all()) {
    const about = (await f.getAttribute("name"))!;
    if (about.startsWith("l.")) continue;
    const lab = p.locator(`select[name="u.${about}"]`);
    await f.fill(found[about] ?? ((await lab.count()) > 0 ? "22" : "0"));
    if ((await lab.count()) > 0) {
      await lab.selectOption("U/L");
      await p.locator(`input[name="l.${about}"]`).fill("40");
    }
    asked++;
  }
  return asked;
}

/** option is the value of the choice whose words have these in them. */
async function option(p: Page, words: string): Promise<string> {
  return (await p.locator("#patient option", { hasText: words }).getAttribute("value"))!;
}

/** narrow holds that a page is no wider than the screen it is read on. */
async function narrow(p: Page): Promise<void> {
  assert.equal(await p.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${p.url()} is wider than its screen`);
}

/** draw signs with a finger in the field for it. */
async function draw(p: Page, field: Locator): Promise<void> {
  await field.scrollIntoViewIfNeeded();
  const box = (await field.boundingBox())!;
  await p.mouse.move(box.x + 30, box.y + box.height / 2);
  await p.mouse.down();
  for (let i = 1; i <= 40; i++) await p.mouse.move(box.x + 30 + i * 6, box.y + box.height / 2 + Math.sin(i / 2) * box.height * 0.3);
  await p.mouse.up();
}

test("one patient goes from the referral to the way home", { timeout: 480_000 }, async () => {
  const pages: Page[] = [];
  await watched("walk-whole", () => pages, async () => {
    const opened = async (size?: { width: number; height: number }): Promise<Page> => {
      const p = await (await clinic.device(size)).newPage();
      pages.push(p);
      return p;
    };
    const desk = (): Promise<Page> => opened({ width: 1280, height: 800 });
    const [nurse, second, prescriber, pharmacist] = [clinic.who("okafor"), clinic.who("brandt"), clinic.who("weiss"), clinic.who("moreau")];

    // The office takes the referral.
    const office = await desk();
    await signIn(office, clinic.who("quinn"), "/patients");
    await office.goto("/patients");
    await office.getByLabel("Given name").fill(patient.given);
    await office.getByLabel("Family name").fill(patient.family);
    await office.getByLabel("Date of birth").fill(`${patient.born.year}-0${patient.born.month}-0${patient.born.day}`);
    await office.getByLabel("Record number").fill(patient.number);
    await choose(office, "Sex in the register", "Female");
    await choose(office, "Allergic to ketamine or anything in it", "No");
    await office.getByLabel("Allergies, with the reaction").fill("None known");
    await step(office, "patient");
    await office.getByRole("button", { name: "Add patient" }).click();
    await office.getByRole("cell", { name: patient.number }).waitFor();
    await office.goto("/referrals");
    await office.getByLabel("Patient", { exact: true }).selectOption(await option(office, patient.number));
    await office.getByLabel("Referral came on").fill(day());
    await office.getByLabel("Referred by").fill("Dr Patel, pain clinic, 555 0122");
    await office.getByLabel("Reason for the referral").fill("CRPS of the left hand, not enough relief.");
    await step(office, "referral");
    await office.getByRole("button", { name: "Record the referral" }).click();
    await office.getByRole("heading", { name: "Referrals", exact: true }).waitFor();
    await office.getByRole("status").getByText("recorded").waitFor();
    await step(office, "referred");

    // A nurse gives the patient the link.
    const atDesk = await desk();
    await signIn(atDesk, nurse, "/referrals");
    await atDesk.goto("/referrals");
    await atDesk.getByRole("link", { name: `${patient.family}, ${patient.given[0]}.` }).first().click();
    await atDesk.getByRole("heading", { name }).waitFor();
    const course = new URL(atDesk.url()).pathname;
    await atDesk.getByRole("button", { name: "Make a link for the patient" }).click();
    const address = (await atDesk.locator(".slip .print").innerText()).trim();
    await step(atDesk, "link");

    // The patient's phone: history, medicines, the pages to read with their questions.
    const phone = await opened({ width: 390, height: 844 });
    await phone.goto(address);
    await narrow(phone);
    await phone.getByLabel("Day").fill(patient.born.day);
    await phone.getByLabel("Month").fill(patient.born.month);
    await phone.getByLabel("Year").fill(patient.born.year);
    await phone.getByRole("button", { name: "Continue" }).click();
    await phone.getByRole("heading", { name: "Your pages" }).waitFor();
    await step(phone, "phone-home");
    await phone.getByRole("link", { name: "Your health" }).click();
    for (const q of await phone.locator("fieldset.field").all()) await q.locator("label").filter({ hasText: /^\s*No\s*$/ }).click();
    await narrow(phone);
    await step(phone, "phone-health");
    await phone.getByLabel("What should we know about you?").fill("Bright light gives me a headache.");
    await phone.getByRole("button", { name: "Send to the clinic" }).click();
    await phone.getByText("Sent to the clinic.").waitFor();
    await phone.getByRole("link", { name: "Medicines and allergies" }).click();
    await phone.getByLabel("What do you take?").fill("allopurinol 300 mg once a day");
    await choose(phone, "Is this everything you take?", "Yes");
    await phone.getByLabel("I have no allergies that I know of").check();
    await choose(phone, "Are these all your allergies?", "Yes");
    await narrow(phone);
    await step(phone, "phone-medicines");
    await phone.getByRole("button", { name: "Send to the clinic" }).click();
    await phone.getByText("Sent to the clinic.").waitFor();
    await phone.getByRole("link", { name: "About the treatment" }).click();
    await choose(phone, "Is ketamine approved for long-lasting pain?", "Yes, for all pain");
    await choose(phone, "May you ask to stop while it runs?", "Yes, at any time");
    await phone.getByRole("button", { name: "I have read this" }).click();
    await phone.getByText("Not quite.").waitFor();
    await narrow(phone);
    await step(phone, "phone-read");

    // What the patient wrote is seen to; the rest is asked and measured at the desk.
    await atDesk.goto(course);
    await atDesk.getByText("Bright light gives me a headache.").waitFor();
    await step(atDesk, "course-told");
    for (let left = await atDesk.getByRole("button", { name: "I have seen to this" }).count(); left > 0; left--) {
      await atDesk.getByRole("button", { name: "I have seen to this" }).first().click();
      await atDesk.getByRole("button", { name: "I have seen to this" }).nth(left - 1).waitFor({ state: "detached" });
    }
    const enter = async (p: Page, form: string, more: () => Promise<void>): Promise<void> => {
      await p.goto(`${course}/enter/${form}`);
      if ((await p.locator("#at").count()) > 0) {
        await p.getByLabel("Said or measured on").fill(day());
        await p.getByLabel("Known from").selectOption("nurse");
      }
      await more();
      await step(p, form);
      await p.getByRole("button", { name: "Record", exact: true }).click();
      await p.waitForURL((u) => u.pathname === course);
    };
    for (const form of ["history", "measurements", "results", "scores"]) {
      await enter(atDesk, form, async () => {
        const asked = await fill(atDesk);
        assert.ok(asked > 0, `${form} asks nothing`);
      });
    }
    await enter(atDesk, "infusions", async () => choose(atDesk, "Is this list all there is?", "yes"));
    await enter(atDesk, "prior", async () => {
      await choose(atDesk, "Treatment", "gabapentinoid");
      await choose(atDesk, "Tried long and strong enough", "adequate");
      await choose(atDesk, "What came of it", "some relief");
      await atDesk.getByLabel("Which, when, what dose").fill("pregabalin 300 mg a day, two years");
    });

    // A slip: a medicine of somebody else, struck by who entered it.
    await enter(atDesk, "medicines", async () => {
      await atDesk.getByLabel("Medicines, one a line").fill("allopurinol 300 mg once a day\nmorphine 10 mg twice a day");
      await choose(atDesk, "Is this list all there is?", "yes");
    });
    await atDesk.goto(`${course}/strike/medicines`);
    await atDesk.locator("label").filter({ hasText: "morphine" }).click();
    await atDesk.getByLabel("Reason").fill("of the patient before her");
    await atDesk.getByLabel("Your password").fill(nurse.password);
    await atDesk.getByRole("button", { name: "Strike it" }).click();
    await atDesk.getByText("It is struck.").waitFor();
    const medicines = atDesk.getByRole("region", { name: "Medicines" });
    assert.match(await medicines.innerText(), /morphine 10 mg twice a day struck today by A\. Okafor RN: of the patient before her/);
    assert.equal(await medicines.locator("dt", { hasText: "morphine" }).count(), 0, "a medicine that was struck stands in the list");
    await medicines.scrollIntoViewIfNeeded();
    await step(atDesk, "struck");

    // The prescriber judges, plans and decides.
    const doctor = await desk();
    await signIn(doctor, prescriber, course);
    await enter(doctor, "judgement", async () => void (await fill(doctor)));
    await enter(doctor, "plan", async () => {
      await choose(doctor, "Indication", "CRPS");
      await doctor.getByLabel("ICD-10 code").fill("G90.5");
      await doctor.getByLabel("Diagnosis in words").fill("CRPS I, left hand");
      await choose(doctor, "Measured by", "PEG.*");
      for (const [label, value] of [["Score now", "7.3"], ["Score aimed at", "5"], ["Reached within", "4"], ["Number of infusions", "4"], ["Longest infusion", "4"]] as const) {
        await doctor.getByLabel(label).fill(value);
      }
      await choose(doctor, "Beside the infusions", "physiotherapy");
      await doctor.getByLabel("To be looked at again by").fill(day(60));
    });
    await doctor.getByRole("link", { name: "Suitable for a course?" }).click();
    await step(doctor, "findings");
    await choose(doctor, "This patient is", "Suitable for a course");
    await doctor.getByRole("complementary", { name: "Decision" }).getByLabel("Your password").fill(prescriber.password);
    await doctor.getByRole("button", { name: "Sign the decision" }).click();
    await doctor.getByText("The decision is signed.").waitFor();
    await step(doctor, "decided");

    // Consent: read with the patient, signed by both, the patient with a finger.
    await doctor.goto(`${course}/consent`);
    await step(doctor, "consent");
    await choose(doctor, "The patient can decide this", "has capacity");
    await choose(doctor, "The patient's questions were answered", "yes");
    await doctor.getByLabel("What was asked").fill("Whether she may stop at any time.");
    await doctor.getByLabel("Infusions", { exact: true }).fill("4");
    await doctor.getByLabel("Last day").fill(day(90));
    await choose(doctor, "Data without the name may go into a registry", "no");
    await choose(doctor, "Who signs", "patient");
    await doctor.getByLabel("Name in print").fill(name);
    await choose(doctor, "How it is signed", "drawn on screen");
    await choose(doctor, "The patient's copy", "printed");
    await draw(doctor, doctor.locator("canvas.ink"));
    await step(doctor, "drawn");
    await doctor.getByLabel("Your password").fill("not the password");
    await doctor.getByRole("button", { name: "Sign", exact: true }).click();
    await doctor.getByText("That is not your password.").waitFor();
    await doctor.locator("canvas.ink").scrollIntoViewIfNeeded();
    await step(doctor, "drawn-kept");
    await doctor.getByLabel("Your password").fill(prescriber.password);
    await doctor.getByRole("button", { name: "Sign", exact: true }).click();
    await doctor.getByText("The consent is signed.").waitFor();
    await doctor.getByRole("img", { name: `Signature of ${name}` }).scrollIntoViewIfNeeded();
    await step(doctor, "signed");

    // The office plans the visit: today, before whoever else is expected at the chair.
    await office.goto("/schedule");
    await office.getByLabel("Patient", { exact: true }).selectOption(await option(office, patient.number));
    await office.getByLabel("Chair", { exact: true }).selectOption("5");
    await office.getByLabel("Date", { exact: true }).fill(day());
    await office.getByLabel("Planned start").fill(new Date(Date.now() + 10 * 60_000).toLocaleTimeString("en-GB", { timeZone: clinic.zone, hour: "2-digit", minute: "2-digit" }));
    await step(office, "plan-visit");
    await office.getByRole("button", { name: "Plan visit" }).click();
    await office.getByText("The visit is planned.").waitFor();
    await step(office, "visit-planned");

    // The patient confirms the day.
    await phone.goto("/own");
    await phone.getByRole("link", { name: "The day of your infusion" }).click();
    await narrow(phone);
    await step(phone, "phone-day");
    for (const tick of await phone.getByRole("checkbox").all()) await tick.check();
    await phone.getByRole("button", { name: "Send to the clinic" }).click();
    await phone.getByText("Sent to the clinic.").waitFor();
    assert.equal(await phone.getByText("Please confirm by").count(), 0, "what was confirmed is asked for still");
    await step(phone, "phone-confirmed");

    // The prescriber writes the order from a protocol that two people signed.
    await doctor.goto("/sessions");
    await doctor.getByRole("link", { name: `${patient.family}, ${patient.given[0]}` }).first().click();
    await doctor.getByRole("heading", { name }).waitFor();
    const record = new URL(doctor.url()).pathname;
    await step(doctor, "record-planned");
    await doctor.getByRole("link", { name: "Order from a protocol" }).click();
    await doctor.getByRole("link", { name: "PR-CRPS-4H" }).click();
    assert.equal(await doctor.getByLabel("Weight, as measured").inputValue(), "61.5", "the weight that the nurse measured is asked again");
    await doctor.getByLabel("Sex, for the formula").selectOption("female");
    await doctor.getByLabel("Rate of step 1").fill("0.35");
    await doctor.getByLabel("Minutes of step 1").fill("240");
    await choose(doctor, "Concentration", "1 mg/mL.*");
    await doctor.getByLabel("Bag volume").fill("100");
    await doctor.getByLabel("Diluent").fill("sodium chloride 0.9 %");
    await doctor.getByLabel("Smallest step of the pump").fill("0.1");
    await choose(doctor, "Drugs held ready", "ondansetron.*");
    await doctor.getByLabel("A person observes every").fill("15");
    await choose(doctor, "Observed after the pump has stopped", "60 .*");
    await choose(doctor, "Driving again", "next day.*");
    await doctor.getByRole("button", { name: "Check against the protocol" }).click();
    await doctor.getByRole("heading", { name: "Limit by limit" }).waitFor();
    await step(doctor, "order-checked");
    await doctor.getByLabel("Your password").fill(prescriber.password);
    await doctor.getByRole("button", { name: "Sign and attach" }).click();
    await doctor.waitForURL((u) => u.pathname === record);
    await step(doctor, "ordered");

    // Another person reviews it.
    const pharmacy = await desk();
    await signIn(pharmacy, pharmacist, record);
    await step(pharmacy, "to-review");
    await pharmacy.getByRole("link", { name: "Review the order" }).click();
    await step(pharmacy, "review");
    await pharmacy.getByLabel("Your password").fill(pharmacist.password);
    await pharmacy.getByRole("button", { name: "Sign the review" }).click();
    await pharmacy.waitForURL((u) => u.pathname === record);
    await step(pharmacy, "order-reviewed");

    // The nurse at the tablet.
    const page = await opened();
    const look = (what: string): Promise<void> => step(page, what);
    await enrol(clinic, page, "okafor", 5);
    const chair = new Chair(page, 5);
    await chair.open();
    await look("expected");
    await checkIn(chair);
    await look("gate");
    await chair.act("Take over");
    await chair.submit("I take over");
    await linkMonitor(chair, "Virtual monitor 5");
    await precheck(chair);
    await look("prechecked");
    await clinic.pass("5m"); // until the cuff has gone round
    await chair.unlock(nurse);
    await chair.value("nibp");
    await observe(chair, { purpose: "Baseline", twelve: true, temperature: "36.6" });
    await clinic.pass("5m"); // between the two resting sets
    await chair.unlock(nurse);
    await observe(chair, { purpose: "Baseline", twelve: true });
    await look("baseline");
    await chair.handTo(prescriber);
    await chair.form("I am the prescriber", "Take over as prescriber");
    await chair.yes("I am on site");
    await chair.submit("I take over");
    await chair.sheetless();
    await look("prescriber-gate");
    await page.getByRole("button", { name: "Accept with a reason" }).first().click();
    await chair.write("Reason", "second nurse in the room for the first half hour");
    await chair.submit("Accept with this reason");
    await chair.handTo(nurse);
    await look("gate-open");

    // The drug, by two people.
    await chair.act("Ready for draw-up");
    await chair.submit("Ready");
    await chair.phase("Ready for draw-up");
    await chair.form("Open vials");
    await chair.sheet.getByRole("button", { name: "Add vial" }).click();
    await chair.choose("Drug on the vial", "Ketamine");
    await chair.write("Lot", "DEMO-2291");
    await chair.write("Expiry", day(300));
    await chair.write("Strength on the vial", "50");
    await chair.write("Volume drawn", "2");
    await chair.submit("Vials opened");
    await compute(chair, "100", "2");
    await chair.handTo(second);
    await compute(chair, "100", "2");
    await chair.phase("Drug prepared");
    await chair.notices.getByRole("button", { name: "Label for the bag" }).click();
    const label = await chair.sheet.locator(".code").innerText();
    await chair.back();
    await chair.handTo(prescriber);
    await page.getByRole("button", { name: "Accept with a reason" }).click();
    await chair.write("Reason", "second nurse at chairs 3 and 4 until the rate stands");
    await chair.submit("Accept with this reason");
    await chair.handTo(nurse);
    await chair.form("Time-out", "Time-out at the chair");
    await chair.write("Label on the bag", label);
    await chair.yes("Bag, patient and order agree", "Call button shown", "Call button pressed", "Room quiet");
    await chair.choose("Patient is", "Reclined");
    await chair.submit("Record time-out");

    // The infusion, at the rate of the order.
    await station(clinic, await desk());
    await page.locator(".head").getByText(/heard by/).waitFor();
    await chair.form("Start");
    await pump(chair, "21.5", "86");
    await look("start");
    await chair.submit("Record start");
    await chair.phase("Infusing");
    await clinic.pass("15m");
    await chair.unlock(nurse);
    await observe(chair);
    await look("infusing");
    await clinic.pass("15m");
    await chair.unlock(nurse);
    await chair.press("Stop");
    await chair.sheet.getByRole("button", { name: "Patient's wish" }).click();
    await chair.phase("Stopped");
    await look("stopped");
    await chair.form("Pump is stopped", "Pump stopped");
    const given = /([0-9.]+) mg given/.exec(await page.locator(".head .line").innerText())?.[1];
    assert.ok(given, "the header does not say what was given");
    await chair.type("Volume given", Number(given).toFixed(1));
    await chair.submit("Pump read, stopped");
    await chair.act("Begin recovery");
    await chair.submit("Recovery begins");
    await chair.phase("Recovering");

    // Recovery and the way home.
    for (const minutes of ["15m", "15m", "15m"]) {
      await clinic.pass(minutes);
      await chair.unlock(nurse);
      await observe(chair, { purpose: "Recovery" });
    }
    await clinic.pass("16m");
    await chair.unlock(nurse);
    await observe(chair, { purpose: "Before going home", twelve: true, standing: true });
    await chair.form("Discharge score", "Discharge scores");
    for (const item of ["Signs against baseline", "Walking", "Nausea and vomiting", "Pain, against", "Bleeding"]) await chair.choose(item, "2");
    for (const item of ["Moves", "Breathes", "Pressure against", "Awake", "SpO₂"]) await chair.choose(item, "2");
    await look("scores");
    await chair.submit("Record scores");
    await chair.form("Discharge list", "Before going home");
    await chair.unfold("Escort, seen in person");
    await chair.yes("Escort is here");
    await chair.write("Name", "Kenji Sato");
    await chair.yes("The escort said them back", "Given in writing", "Drinks and keeps it", "IV line out", "IV site clean", "Patient accepts the pain");
    await chair.write("Way home", "escort's car");
    await chair.submit("Record answers");
    const left = (100 - Number(given)).toFixed(1);
    await chair.form("Waste", "Waste what is left");
    await chair.type("Wasted", left);
    await chair.type("Volume wasted", left);
    await chair.write("How it was made unusable", "into the denaturing container");
    await chair.press("Wasted, witnessed");
    await page.getByRole("dialog", { name: "Witness" }).waitFor();
    await chair.pin(second);
    await chair.sheetless();
    await chair.handTo(second);
    await chair.form("Discharge list", "Before going home");
    await chair.yes("I have seen the patient and agree");
    await chair.submit("Record answers");
    await chair.handTo(nurse);
    await chair.act("Discharge");
    await look("discharge");
    await chair.submit("Discharge");
    await page.locator(".head").getByText(name).waitFor({ state: "detached" });
    await look("gone");

    // What the record says of the whole way.
    const reader = await desk();
    await signIn(reader, prescriber, record);
    const text = await reader.locator("article.record").innerText();
    for (const said of ["reviewed the order, as second person", "Discharged", "Kenji Sato", "PR-CRPS-4H", "MPADSS 10 of 10", "adopted by this clinic's director"]) {
      assert.ok(text.includes(said), `the record does not say ${said}`);
    }
    await step(reader, "record");
    await clinic.stop();
    const verified = await clinic.run("verify", "--data", clinic.data);
    assert.equal(verified.code, 0, verified.out);
  });
});
