// axe-core against WCAG 2.2 AA. What it finds is said with the element, so
// that it can be mended without running it again.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import type { Page } from "playwright-core";

const source = readFileSync(createRequire(`${process.cwd()}/`).resolve("axe-core/axe.min.js"), "utf8");
const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

interface Found {
  id: string;
  help: string;
  nodes: { target: string[]; html: string; failureSummary: string }[];
}

/** violations runs axe on the page as it stands and gives one line for each. */
export async function violations(page: Page, where: string): Promise<string[]> {
  // Evaluated by the debugger: the page's own policy admits no script but its own.
  await page.evaluate(source);
  const found = await page.evaluate(async (values: string[]) => {
    const { axe } = globalThis as unknown as { axe: { run(what: Document, o: unknown): Promise<{ violations: unknown[] }> } };
    return (await axe.run(document, { runOnly: { type: "tag", values }, resultTypes: ["violations"] })).violations;
  }, tags);
  return (found as Found[]).flatMap((v) => v.nodes.map((n) => `${where}: ${v.id} (${v.help}) at ${n.target.join(" ")}: ${n.html.slice(0, 160)} ${n.failureSummary.replaceAll("\n", " ")}`));
}
