// The board is made by the server; this puts its frames in place, lets ages
// run, and sounds what the server says has to be heard. A frame older than what
// is shown is dropped.

import { tickAges } from "../../../web/src/shared/ages.ts";
import { clock, follow, onLink, onTick } from "../../../web/src/shared/live.ts";
import { Speaker, type Sound } from "../../../web/src/shared/sound.ts";
import { Sounder } from "../../../web/src/shared/sounder.ts";
import { change, type Changes } from "./change.ts";
import { selfTest } from "./selftest.ts";

interface BoardFrame {
  head: number;
  at_ms: number;
  number: number;
  /** The drawing that changes go on from; absent with a whole board. */
  since?: number;
  html?: string;
  changes?: Changes;
  sounds: Sound[] | null;
}

const live = document.querySelector<HTMLElement>("#live");

if (live) {
  let shown = 0;
  let drawing = 0; // the number of what is shown; 0 for what the page came with
  const open = live.dataset["public"] === "true";
  clock.heard(Number(live.querySelector<HTMLElement>("[data-now]")?.dataset["now"]));
  // A public board hangs where patients and visitors are: it is silent.
  const sounder = open ? undefined : sounding();
  const again = follow([open ? "board.public" : "board"], (kind, data) => {
    if (kind === "reset") return location.reload();
    if (kind !== "board") return;
    const frame = data as BoardFrame;
    if (frame.at_ms < shown) return;
    if (sounder) sounder.sounds = frame.sounds ?? []; // whole in each frame
    if (frame.since !== undefined && frame.since !== drawing) return again();
    shown = frame.at_ms;
    drawing = frame.number;
    const focused = (document.activeElement?.closest("[data-chair]") as HTMLElement | null)?.dataset["chair"];
    if (frame.changes) change(live, frame.changes);
    else live.innerHTML = frame.html ?? "";
    if (focused && !live.contains(document.activeElement)) live.querySelector<HTMLElement>(`[data-chair="${CSS.escape(focused)}"] a`)?.focus({ preventScroll: true });
    tickAges(live, clock.now());
  });
  setInterval(() => tickAges(live, clock.now()), 1000);
}

/** sounding makes this page one that sounds, and that says so to the server. */
function sounding(): Sounder {
  const speaker = new Speaker();
  const off = document.querySelector<HTMLElement>("#sound-off");
  const words = { on: "", off: "Sound is off here: touch to turn it on", impossible: "This browser cannot play sound: nobody hears alarms here" };
  let state = "";
  const sounder = new Sounder(speaker, {
    local: () => Date.now(), server: () => clock.now(),
    report: (audible) => void fetch("/v1/hearing", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ audible }), credentials: "same-origin", signal: AbortSignal.timeout(8_000),
    }).catch(() => undefined),
    show: (now) => {
      if (now === state || !off) return;
      state = now;
      off.hidden = now === "on";
      off.querySelector("[data-say]")!.textContent = words[now];
    },
  });
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => speaker.on(), { capture: true, passive: true });
  speaker.on(); // where the browser lets it, without a touch
  onLink((l) => (sounder.lost = l.lost || l.fault !== ""));
  onTick(() => sounder.tick());
  selfTest(speaker, sounder);
  return sounder;
}
