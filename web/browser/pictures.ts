// Pictures of pages: on failure always, at each step when
// STILLWATCH_PICTURES names a folder.

import { mkdirSync } from "node:fs";
import path from "node:path";

import type { Page } from "playwright-core";

const onFailure = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), "..", "..", "bin", "pictures");

async function take(page: Page, folder: string, name: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.png`);
  await page.screenshot({ path: file });
  return file;
}

let steps = 0;

/** step keeps a picture of the page for whoever wants to look. */
export async function step(page: Page, name: string): Promise<void> {
  const folder = process.env["STILLWATCH_PICTURES"];
  if (folder) await take(page, folder, `${String(++steps).padStart(2, "0")}-${name}`);
}

/** watched runs a test and leaves pictures of its pages when it fails. */
export async function watched(name: string, pages: () => Page[], run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (err) {
    for (const [i, p] of pages().entries()) {
      if (p.isClosed()) continue;
      const file = await take(p, onFailure, `${name}-${i + 1}`).catch(() => "no picture could be taken");
      console.error(`picture of ${p.url()}: ${file}`);
    }
    throw err;
  }
}
