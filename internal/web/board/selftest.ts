// The self-test of a station: each sound and each colour on request. It never
// stands in the way of an alarm: while one sounds, the test is silent.

import { bursts, lengthMS, type Speaker, type Tone } from "../../../web/src/shared/sound.ts";
import type { Sounder } from "../../../web/src/shared/sounder.ts";

export function selfTest(speaker: Speaker, sounder: Sounder): void {
  const box = document.querySelector<HTMLElement>("#selftest");
  if (!box) return;
  const said = box.querySelector<HTMLElement>("[data-heard]")!;
  const play = (tone: Tone): boolean => {
    speaker.on();
    if (sounder.lost || sounder.sounds.length > 0) {
      said.textContent = "An alarm has to be heard: the test is silent.";
      return false;
    }
    speaker.play(tone);
    for (const b of box.querySelectorAll<HTMLElement>("[data-tone]")) b.classList.toggle("plays", b.dataset["tone"] === tone);
    said.textContent = speaker.running ? "Did you hear it? If not, look at the loudspeaker." : "Sound is off here.";
    return true;
  };
  for (const b of box.querySelectorAll<HTMLElement>("[data-tone]")) b.addEventListener("click", () => play(b.dataset["tone"] as Tone));
  box.querySelector("[data-all]")?.addEventListener("click", () => {
    const all = Object.keys(bursts) as Tone[];
    const next = (i: number): void => {
      const tone = all[i];
      if (tone && play(tone)) setTimeout(() => next(i + 1), lengthMS(tone) + 700);
    };
    next(0);
  });
}
