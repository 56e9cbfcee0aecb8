// A disk that is full: the pages say across their width that nothing is being
// recorded, and what is charted waits until it is.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";

import type { Page } from "playwright-core";

import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";
import { step, watched } from "./pictures.ts";

const disk = mkdtempSync(path.join(tmpdir(), "stillwatch-disk-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=96m,mode=0700", "tmpfs", disk]).status === 0;
const filler = path.join(disk, "filler");

let clinic: Clinic;
let board: Page;
let page: Page;
let chair: Chair;

/** fill writes until there is no room left. */
function fill(): void {
  const f = openSync(filler, "w");
  for (const block of [Buffer.alloc(1 << 20), Buffer.alloc(4 << 10)]) {
    try {
      for (;;) writeSync(f, block);
    } catch {
      // No room for a block of that size.
    }
  }
  closeSync(f);
}

before(async () => {
  if (!mounted) return;
  clinic = await Clinic.open(path.join(disk, "clinic"));
  [page, board] = await Promise.all([(await clinic.device()).newPage(), (await clinic.device({ width: 1280, height: 800 })).newPage()]) as [Page, Page];
  await signIn(page, clinic.who("okafor"), "/chair/3");
  await signIn(board, clinic.who("weiss"), "/board");
  chair = new Chair(page, 3);
  await chair.phase("Infusing");
});
after(async () => {
  if (mounted) {
    await clinic.stop();
    spawnSync("umount", ["-l", disk]);
  }
  rmSync(disk, { recursive: true, force: true });
});

test("a server that cannot write says so on every page, and what is charted waits and counts once", { skip: mounted ? false : "a small file system cannot be mounted here: run as root, in a place that allows it" }, async () => {
  await watched("disk-full", () => [page, board], async () => {
    fill();
    // The room that the database had already taken goes too, down to what a short
    // entry would fit into.
    const refused = await page.evaluate(async () => {
      const session = ((await (await fetch("/v1/chair/3")).json()) as { session: string }).session;
      for (let n = 0, inARow = 0; n < 3_000; n++) {
        const at = new Date();
        const id = `${at.getTime().toString(16).padStart(12, "0").replace(/^(.{8})/, "$1-")}-7${(n % 4096).toString(16).padStart(3, "0")}-8000-${n.toString(16).padStart(12, "0")}`;
        const body = { schema: 1, id, session, occurred_at: at.toISOString(), offset_ms: 0, body: { text: { text: "a long day, ".repeat(inARow > 0 ? 1 : 150) } } };
        const r = await fetch("/v1/commands/session.note", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
        inARow = r.status >= 500 ? inARow + 1 : 0;
        if (inARow >= 10) return n;
        if (!r.ok && r.status < 500) throw new Error(`${r.status} ${await r.text()}`);
      }
      return -1;
    });
    assert.ok(refused >= 0, "the disk does not get full: this shows nothing");
    const said = /Nothing that is charted is being recorded|What the monitors send is not being kept/;
    await chair.form("Note");
    await chair.write("Note", "charted while the disk was full");
    await chair.press("Record note");
    for (const p of [page, board]) await p.getByRole("alert").filter({ hasText: "Entries wait on the tablets" }).waitFor();
    await chair.notices.getByText(/1 entry waits to reach the server/).waitFor();
    await step(page, "disk-full-chair");
    await step(board, "disk-full-board");
    rmSync(filler);
    for (const p of [page, board]) await p.getByRole("alert").filter({ hasText: said }).waitFor({ state: "hidden" });
    await chair.notices.getByText(/entry waits/).waitFor({ state: "detached" });
    const all = await page.evaluate(async () => ((await (await fetch("/v1/chair/3")).json()) as { entries: { text?: string }[] }).entries);
    assert.equal(all.filter((e) => e.text?.includes("charted while the disk was full")).length, 1);
  });
});
