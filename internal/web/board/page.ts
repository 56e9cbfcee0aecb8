// The board is made by the server; this puts its frames in place and lets
// ages run. A frame older than what is shown is dropped.

import { tickAges } from "../../../web/src/shared/ages.ts";
import { clock, follow } from "../../../web/src/shared/live.ts";

interface BoardFrame {
  head: number;
  at_ms: number;
  html: string;
}

const live = document.querySelector<HTMLElement>("#live");

if (live) {
  let shown = 0;
  clock.heard(Number(live.querySelector<HTMLElement>("[data-now]")?.dataset["now"]));
  follow([live.dataset["public"] === "true" ? "board.public" : "board"], (kind, data) => {
    if (kind === "reset") return location.reload();
    if (kind !== "board") return;
    const frame = data as BoardFrame;
    if (frame.at_ms < shown) return;
    shown = frame.at_ms;
    const focused = (document.activeElement?.closest("[data-chair]") as HTMLElement | null)?.dataset["chair"];
    live.innerHTML = frame.html;
    if (focused) live.querySelector<HTMLElement>(`[data-chair="${CSS.escape(focused)}"] a`)?.focus({ preventScroll: true });
    tickAges(live, clock.now());
  });
  setInterval(() => tickAges(live, clock.now()), 1000);
}
