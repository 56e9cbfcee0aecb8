// The chair is quiet for the patient: it sounds only while the server says
// that no other place is proven to sound.

import { effect } from "@preact/signals";

import { onTick } from "../shared/live.ts";
import { Speaker } from "../shared/sound.ts";
import { Sounder } from "../shared/sounder.ts";
import type { App } from "./app.ts";

export function startSound(app: App): void {
  const speaker = new Speaker();
  const sounder = new Sounder(speaker, {
    local: () => app.edge.local(), server: () => app.edge.clock.now(),
    show: (state) => void (app.sound.value = state),
  });
  effect(() => {
    const alone = app.part("hearing").value?.nobody ?? false;
    sounder.sounds = alone ? (app.part("alarms").value?.sounds ?? []) : [];
    if (alone) speaker.on(); // where the browser lets it, without a touch
    sounder.tick();
  });
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => speaker.on(), { capture: true, passive: true });
  onTick(() => sounder.tick());
}
