// Two tablets of one chair, both without the server: nothing is lost, nothing
// is doubled, and what they disagree on is put before a person.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { BrowserContext, Page } from "playwright-core";

import { violations } from "./access.ts";
import { Chair } from "./chair.ts";
import { Clinic, signIn, Tablet } from "./clinic.ts";
import { step, watched } from "./pictures.ts";
import { enrol } from "./visit.ts";

let clinic: Clinic;
let dying: Tablet;
let one: Chair; // A. Okafor's, which dies
let other: Chair; // L. Brandt's
let context: BrowserContext;
let board: Page;
const pages: Page[] = [];

before(async () => {
  clinic = await Clinic.open();
  dying = new Tablet(clinic.url);
  const first = await dying.on();
  one = new Chair(first, 3);
  context = await clinic.device();
  const second = await context.newPage();
  other = new Chair(second, 3);
  pages.push(first, second);
  await Promise.all([enrol(clinic, first, "okafor", 3), enrol(clinic, second, "brandt", 3)]);
  // A browser writes its cookies down now and then, and when it is closed.
  await dying.off();
  pages[0] = await dying.on();
  one = new Chair(pages[0], 3);
  await one.open();
  await Promise.all([one.phase("Infusing"), other.phase("Infusing")]);
  board = await (await clinic.device({ width: 1280, height: 800 })).newPage();
  pages.push(board);
  await signIn(board, clinic.who("weiss"), "/board");
});
after(async () => {
  await dying.forget();
  await clinic.stop();
  clinic.forget();
});

interface Recorded {
  title: string;
  text?: string;
  at_ms: number;
  by: string;
}

/** recorded asks the server for the visit's entries. */
async function recorded(chair: Chair): Promise<Recorded[]> {
  return chair.page.evaluate(async (n) => ((await (await fetch(`/v1/chair/${n}`)).json()) as { entries: Recorded[] }).entries, chair.number);
}

/** cut keeps a tablet's entries from the server, as a network does that drops what is sent. */
async function cut(c: Chair): Promise<void> {
  await c.page.route("**/v1/commands/**", (r) => r.abort("internetdisconnected"));
}

async function mend(c: Chair): Promise<void> {
  await c.page.unroute("**/v1/commands/**");
}

async function reads(c: Chair, rate: string): Promise<void> {
  await c.form("Read pump", "Read the pump");
  await c.type("Rate on the pump", rate);
  await c.type("Pump concentration", "1");
  await c.bar.getByRole("radio", { name: "−5 min" }).click();
  await c.submit("Record reading");
}

async function note(c: Chair, text: string): Promise<void> {
  await c.form("Note");
  await c.write("Note", text);
  await c.submit("Record note");
}

test("a tablet dies with entries in it; another goes on, and the first one's arrive when it is back, once", async () => {
  await watched("apart-death", () => pages, async () => {
    await cut(one);
    await reads(one, "21.7");
    await note(one, "charted on the tablet that died");
    await one.notices.getByText(/2 entries wait/).waitFor();
    const charted = Date.now();
    await dying.dies();

    await cut(other);
    await reads(other, "30");
    await mend(other);
    await other.notices.getByText(/entr(y|ies) waits?/).waitFor({ state: "detached" });
    await other.act("Entries of this visit");
    await other.sheet.getByText("30 mL/h", { exact: false }).first().waitFor();
    assert.equal(await other.sheet.getByText("charted on the tablet that died").count(), 0);
    await other.back();

    const again = await dying.on();
    pages[0] = again;
    one = new Chair(again, 3);
    await again.goto("/chair/3");
    await other.act("Entries of this visit");
    await other.sheet.getByText("charted on the tablet that died").waitFor();
    await other.back();
    await one.notices.getByText(/entr(y|ies) waits?/).waitFor({ state: "detached" });
    const all = await recorded(other);
    const notes = all.filter((e) => e.text?.includes("charted on the tablet that died"));
    assert.equal(notes.length, 1, "the note is there once");
    assert.match(notes[0]!.by, /Okafor/);
    assert.ok(Math.abs(notes[0]!.at_ms - charted) < 10_000, `it holds from ${notes[0]!.at_ms - charted} ms after it was charted`);
    assert.equal(all.filter((e) => e.title === "Pump read" && e.text?.includes("21.7 mL/h") && e.at_ms < charted).length, 1, "the reading is there once");
  });
});

test("two readings that disagree stand as unresolved until a person settles them", async () => {
  await watched("apart-contest", () => pages, async () => {
    for (const c of [one, other]) await c.notices.getByText(/^Unresolved: the pump was read as/).waitFor();
    await board.locator('li[data-chair="3"]').getByText(/rate unresolved/).waitFor();
    await step(other.page, "apart-unresolved");
    await step(board, "apart-board");
    await other.notices.getByRole("button", { name: "Settle the rate" }).click();
    await other.sheet.getByText(/A\. Okafor RN read 21\.7 mL\/h/).waitFor();
    await other.sheet.getByText(/L\. Brandt RN read 30 mL\/h/).waitFor();
    await other.type("The pump ran at", "21.7");
    const since = (await recorded(other)).filter((e) => e.title === "Pump read").map((e) => e.at_ms).sort()[0]!;
    const wall = await other.page.evaluate(([zone, at]) => new Intl.DateTimeFormat("en-GB", { timeZone: zone as string, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at as number), [clinic.zone, since] as const);
    await other.write("Since", wall);
    await step(other.page, "apart-settle");
    const wrong = await violations(other.page, "settling a rate");
    assert.equal(wrong.length, 0, wrong.join("\n"));
    await other.submit("Record what it ran at");
    for (const c of [one, other]) await c.notices.getByText(/^Unresolved/).waitFor({ state: "detached" });
    await board.locator('li[data-chair="3"]').getByText(/rate unresolved/).waitFor({ state: "detached" });
    const all = await recorded(other);
    const settled = all.filter((e) => e.title === "Rate settled");
    assert.equal(settled.length, 1);
    assert.match(settled[0]!.by, /Brandt/);
    assert.equal(all.filter((e) => e.title === "Pump read" && /(21\.7|30) mL\/h/.test(e.text ?? "")).length, 2, "both readings stay");
  });
});

test("two authors on one tablet: each entry keeps its own", async () => {
  await watched("apart-authors", () => pages, async () => {
    await cut(other);
    await note(other, "said by the second nurse");
    await other.handTo(clinic.who("okafor"));
    await note(other, "said by the first nurse");
    await other.notices.getByText(/2 entries wait/).waitFor();
    await mend(other);
    await other.notices.getByText(/entr(y|ies) waits?/).waitFor({ state: "detached" }); // not "1 entry waits" either
    const all = await recorded(other);
    for (const [text, by] of [["said by the second nurse", /Brandt/], ["said by the first nurse", /Okafor/]] as const) {
      const mine = all.filter((e) => e.text?.includes(text));
      assert.equal(mine.length, 1, `${text}: ${await other.notices.innerText()} ${JSON.stringify(all.slice(0, 6))}`);
      assert.match(mine[0]!.by, by);
    }
  });
});

test("half an hour without the network: what was charted is sent once, with its own time", async () => {
  await watched("apart-half-hour", () => pages, async () => {
    await other.page.clock.install();
    await context.setOffline(true);
    await note(other, "before the half hour");
    const charted = await other.page.evaluate(() => Date.now());
    await Promise.all([clinic.pass("30m"), other.page.clock.fastForward("30:00")]);
    await other.page.clock.resume();
    await other.notices.getByText(/1 entry waits to reach the server, oldest (29|30) min/).waitFor();
    await step(other.page, "apart-half-hour");
    await context.setOffline(false);
    await other.notices.getByText(/entry waits/).waitFor({ state: "detached" });
    await other.notices.getByText(/before the half hour|came back/).waitFor({ state: "detached" });
    await other.unlock(clinic.who("okafor")); // nobody was at the screen for half an hour
    const mine = (await recorded(other)).filter((e) => e.text?.includes("before the half hour"));
    assert.equal(mine.length, 1);
    assert.ok(Math.abs(mine[0]!.at_ms - charted) < 10_000, `it holds ${mine[0]!.at_ms - charted} ms from when it was charted`);
    assert.match(mine[0]!.by, /Okafor/);
  });
});

test("an entry that is refused on arrival comes back to its author and is not dropped", async () => {
  await watched("apart-refused", () => pages, async () => {
    await cut(other);
    // The tablet's clock jumps ahead by an hour while nobody can tell it: what it then claims cannot be.
    await other.page.clock.setSystemTime((await other.page.evaluate(() => Date.now())) + 3_600_000);
    await note(other, "at an hour that has not been");
    await other.notices.getByText(/1 entry waits/).waitFor();
    await mend(other);
    await other.notices.getByText(/^Note came back: /).waitFor();
    await step(other.page, "apart-refused");
    await other.page.clock.setSystemTime((await other.page.evaluate(() => Date.now())) - 3_600_000);
    // Another who comes sees that it is kept, and cannot make away with it.
    await other.handTo(clinic.who("brandt"));
    const theirs = other.notices.getByText(/^Note, charted by A\. Okafor RN, came back: /);
    await theirs.waitFor();
    assert.equal(await other.notices.getByRole("button", { name: "Discard" }).count(), 0);
    await other.page.reload();
    await theirs.waitFor();
    await other.handTo(clinic.who("okafor"));
    await other.notices.getByText(/^Note came back: /).waitFor();
    await other.notices.getByRole("button", { name: "Open" }).click();
    assert.equal(await other.field("Note").inputValue(), "at an hour that has not been");
    await other.submit("Record note");
    await other.notices.getByText(/^Note came back/).waitFor({ state: "detached" });
    assert.equal((await recorded(other)).filter((e) => e.text?.includes("at an hour that has not been")).length, 1);
  });
});
