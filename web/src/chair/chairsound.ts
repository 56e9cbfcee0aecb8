// The chair is quiet for the patient: it sounds only while no other place is
// proven to sound, which without the server nothing proves.

import { effect } from "@preact/signals";

import { onTick } from "../shared/live.ts";
import { Speaker } from "../shared/sound.ts";
import { Sounder } from "../shared/sounder.ts";
import { sounding } from "./alone.ts";
import type { App } from "./app.ts";

export function startSound(app: App): void {
  const speaker = new Speaker();
  const sounder = new Sounder(speaker, {
    local: () => app.edge.local(), server: () => app.edge.clock.now(),
    show: (state) => void (app.sound.value = state),
  });
  const look = (): void => {
    const now = sounding(app.part("hearing").value, app.link.value, app.edge.local());
    app.alone.value = now.lost;
    sounder.lost = now.lost;
    sounder.sounds = now.alarms ? (app.part("alarms").value?.sounds ?? []) : [];
    if (now.alarms) speaker.on(); // where the browser lets it, without a touch
    sounder.tick();
  };
  effect(look);
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => speaker.on(), { capture: true, passive: true });
  onTick(look);
}
