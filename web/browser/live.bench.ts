// What one live update costs the page: the main thread's time while a chair
// is followed on a tablet, divided by the updates that came. Also what the
// first look at a chair loads, and the memory it holds.

import { Chair } from "./chair.ts";
import { Clinic, signIn } from "./clinic.ts";

const seconds = 30;

const clinic = await Clinic.open();
try {
  const page = await (await clinic.device()).newPage();
  await signIn(page, clinic.who("okafor"), "/chair/3");
  const chair = new Chair(page, 3);
  await chair.phase("Infusing");
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  const metric = async (name: string): Promise<number> =>
    (await devtools.send("Performance.getMetrics")).metrics.find((m) => m.name === name)?.value ?? NaN;
  await page.waitForTimeout(3_000); // the first paint is not an update
  // The monitor speaks once a second, and each message is one update.
  const before = { task: await metric("TaskDuration"), script: await metric("ScriptDuration"), at: Date.now() };
  await page.waitForTimeout(seconds * 1_000);
  const took = (Date.now() - before.at) / 1_000;
  const task = (await metric("TaskDuration")) - before.task;
  const script = (await metric("ScriptDuration")) - before.script;
  const say = (what: string, value: number, unit: string): void => console.log(`${what.padEnd(44)} ${value.toFixed(2).padStart(8)} ${unit}`);
  say("main thread for each live update", (task / took) * 1_000, "ms");
  say("of that, script", (script / took) * 1_000, "ms");
  say("heap of the page's script", (await metric("JSHeapUsedSize")) / 1e6, "MB");
} finally {
  await clinic.stop();
  clinic.forget();
}
