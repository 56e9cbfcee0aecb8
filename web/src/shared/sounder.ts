// A page that sounds: it plays what Go says has to be heard, and says to the
// server every ten seconds whether it can be heard, so that a chair stays
// silent only while another place is proven to sound.

import { due, silent, type Playing, type Sound, type Tone } from "./sound.ts";

/** Loud is the part of a speaker that is used. */
export interface Loud {
  readonly possible: boolean;
  readonly running: boolean;
  proven(): boolean;
  play(tone: Tone): void;
  quiet(): void;
}

/** Around is everything a sounder touches, so that tests can stand in for it. */
export interface Around {
  local(): number;
  server(): number;
  /** Tells the server whether this page is heard; only where it counts. */
  report?(audible: boolean): void;
  /** Says on the page how the sound stands. */
  show(state: "on" | "off" | "impossible"): void;
}

export const reportEveryMS = 10_000;

export class Sounder {
  sounds: readonly Sound[] = [];
  /** The server has gone silent; a page that does not sound for it leaves this false. */
  lost = false;
  #played: Playing = silent;
  #reported = -Infinity;
  #audible = false;

  constructor(
    readonly speaker: Loud,
    readonly around: Around,
  ) {}

  /** tick is called about once a second, and whenever something came. */
  tick(): void {
    const now = this.around.local();
    this.around.show(!this.speaker.possible ? "impossible" : this.speaker.running ? "on" : "off");
    this.#sound(now);
    this.#report(now);
  }

  #sound(now: number): void {
    if (!this.speaker.running) {
      this.#played = silent; // it begins at once when it can
      return;
    }
    const { play, now: next } = due(this.#played, this.sounds, this.lost, this.around.server(), now);
    if (play) this.speaker.play(play);
    else if (this.#played.tone && !next.tone) this.speaker.quiet();
    this.#played = next;
  }

  #report(now: number): void {
    if (!this.around.report) return;
    const stopped = this.#audible && !this.speaker.running;
    if (!stopped && now - this.#reported < reportEveryMS && now >= this.#reported) return;
    const audible = this.speaker.proven();
    // Said once that it is over; what was never heard need not be said.
    if (audible || this.#audible) this.around.report(audible);
    // The first look at a speaker's clock proves nothing: look again soon.
    this.#reported = audible || !this.speaker.running ? now : now - reportEveryMS + 1_000;
    this.#audible = audible;
  }
}
