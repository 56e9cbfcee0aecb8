// What alarms sound like, and when. Go says which alarms have to be heard; the
// part here that decides when a burst begins is pure, so that it can be tested
// without a loudspeaker. Rhythm and pitch follow the pattern of IEC 60601-1-8:
// ten pulses, three, two.

/** Kind is how urgent a sound is; "lost" is this page's own, when the server has gone silent. */
export type Kind = "high" | "medium" | "low";
export type Tone = Kind | "lost";

/** Sound is one alarm that has to be heard, as Go writes it. */
export interface Sound {
  key: string;
  kind: Kind;
  /** Not before this server time: a pause ends then. */
  from_ms: number;
}

/** Pulse is one beep of a burst. */
export interface Pulse {
  atMS: number;
  forMS: number;
  hz: number;
}

export interface Burst {
  pulses: readonly Pulse[];
  /** From the beginning of one burst to that of the next. */
  everyMS: number;
}

const beeps = (forMS: number, ...all: readonly [atMS: number, hz: number][]): Pulse[] => all.map(([atMS, hz]) => ({ atMS, forMS, hz }));

const five = (from: number): [number, number][] => [[from, 880], [from + 230, 880], [from + 460, 880], [from + 860, 988], [from + 1090, 988]];

/** The sounds. They differ in pitch, in rhythm and in how many pulses they have. */
export const bursts: Readonly<Record<Tone, Burst>> = {
  high: { pulses: beeps(150, ...five(0), ...five(1_900)), everyMS: 10_000 },
  medium: { pulses: beeps(200, [0, 587], [420, 587], [840, 659]), everyMS: 20_000 },
  low: { pulses: beeps(220, [0, 440], [380, 392]), everyMS: 60_000 },
  lost: { pulses: beeps(550, [0, 494], [650, 370], [1_300, 247]), everyMS: 10_000 },
};

/** lengthMS is how long a burst lasts. */
export function lengthMS(tone: Tone): number {
  return Math.max(...bursts[tone].pulses.map((p) => p.atMS + p.forMS));
}

const rank: Readonly<Record<Tone, number>> = { lost: 4, high: 3, medium: 2, low: 1 };

/** Playing is what was played last. */
export interface Playing {
  tone: Tone | undefined;
  /** When it began, by this device's clock. */
  at: number;
  /** The announcements that have been heard. */
  heard: readonly string[];
}

export const silent: Playing = { tone: undefined, at: -Infinity, heard: [] };

/**
 * due says what to play now, if anything: the worst that has to be heard, at
 * once when it is worse than what was last played or newly announced, and
 * again after its time. A burst is not cut off but by a worse one.
 */
export function due(was: Playing, sounds: readonly Sound[], lost: boolean, server: number, local: number): { play: Tone | undefined; now: Playing } {
  const wanted = sounds.filter((s) => s.from_ms <= server);
  const keys = wanted.map((s) => s.key);
  const tone = lost ? "lost" : wanted.reduce<Tone | undefined>((worst, s) => (worst && rank[worst] >= rank[s.kind] ? worst : s.kind), undefined);
  const heard = was.heard.filter((k) => keys.includes(k));
  if (!tone) return { play: undefined, now: { tone: undefined, at: was.at, heard } };
  const since = local - was.at;
  const back = since < 0; // this device's clock was set back
  const worse = !was.tone || rank[tone] > rank[was.tone];
  const fresh = wanted.some((s) => s.kind === tone && !heard.includes(s.key));
  const playing = !back && was.tone !== undefined && since < lengthMS(was.tone);
  const play = back || worse || (!playing && (fresh || since >= bursts[tone].everyMS));
  return play ? { play: tone, now: { tone, at: local, heard: keys } } : { play: undefined, now: { tone: was.tone, at: was.at, heard } };
}

/** Speaker plays bursts through WebAudio. */
export class Speaker {
  #context: AudioContext | undefined;
  #wave: PeriodicWave | undefined;
  #burst: GainNode | undefined;
  #seen = -1;

  /** possible is false in a browser that cannot play at all. */
  get possible(): boolean {
    return typeof AudioContext !== "undefined";
  }

  /** on starts sound, where the browser allows it: most do so only in answer to a touch. */
  on(): void {
    if (!this.possible) return;
    this.#context ??= new AudioContext();
    if (this.#context.state !== "running") void this.#context.resume().catch(() => {});
  }

  get running(): boolean {
    return this.#context?.state === "running";
  }

  /** proven reports whether the sound runs and its clock has moved on since it was asked last. */
  proven(): boolean {
    const at = this.running ? this.#context!.currentTime : -1;
    const moved = at > this.#seen && this.#seen >= 0;
    this.#seen = at;
    return moved;
  }

  /** play begins a burst in place of one that still plays. */
  play(tone: Tone): void {
    const c = this.#context;
    if (!c || !this.running) return;
    this.quiet();
    // Five harmonics, so that a small loudspeaker carries it and an ear can tell where it comes from.
    this.#wave ??= c.createPeriodicWave(new Float32Array(6), new Float32Array([0, 1, 0.55, 0.45, 0.3, 0.2]));
    const all = c.createGain();
    all.connect(c.destination);
    this.#burst = all;
    for (const p of bursts[tone].pulses) this.#pulse(c, all, p);
  }

  #pulse(c: AudioContext, into: GainNode, p: Pulse): void {
    const from = c.currentTime + 0.02 + p.atMS / 1000;
    const until = from + p.forMS / 1000;
    const tone = c.createOscillator();
    tone.setPeriodicWave(this.#wave!);
    tone.frequency.value = p.hz;
    const gain = c.createGain();
    // Rise and fall keep it from clicking.
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(0.7, from + 0.02);
    gain.gain.setValueAtTime(0.7, until - 0.03);
    gain.gain.linearRampToValueAtTime(0, until);
    tone.connect(gain).connect(into);
    tone.start(from);
    tone.stop(until);
  }

  /** quiet ends what plays: somebody has acknowledged. */
  quiet(): void {
    this.#burst?.disconnect();
    this.#burst = undefined;
  }
}
