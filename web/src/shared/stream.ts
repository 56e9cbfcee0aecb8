// Stream keeps one EventSource open for a set of topics, remembers where it
// stands, and says when the server has been silent for too long.

import { kinds, lostAfter, type Frame } from "./wire.ts";

/** Source is the part of EventSource that is used. */
export interface Source {
  readonly readyState: number;
  addEventListener(kind: string, run: (e: MessageEvent<string>) => void): void;
  close(): void;
}

/** Around is everything a stream touches, so that tests can stand in for it. */
export interface Around {
  now(): number;
  open(url: string): Source;
}

const closed = 2;
const reopenAfter = 3000;
// Tabs that ask at the same time are answered by one whole view.
const againAfter = 1000;

export class Stream {
  #source: Source | undefined;
  #url = "";
  #topics = "";
  #id = "";
  #heard: number;
  #opened = 0;
  #lost = false;

  constructor(
    readonly around: Around,
    readonly tell: (f: Frame) => void,
  ) {
    this.#heard = around.now();
  }

  /** follow opens the stream anew when the topics changed, from where it stood. */
  follow(topics: string[]): void {
    const wanted = [...new Set(topics)].sort().join(",");
    if (wanted === this.#topics && this.#source) return;
    this.#topics = wanted;
    if (wanted === "") return this.close();
    this.#open();
  }

  /** again opens the stream anew: what follows begins with whole views. */
  again(): void {
    if (this.#source && this.around.now() - this.#opened > againAfter) this.#open();
  }

  close(): void {
    this.#source?.close();
    this.#source = undefined;
  }

  /** watch is called every second: it reports silence and opens again. */
  watch(): void {
    if (this.#topics === "") return;
    const silent = this.around.now() - this.#heard;
    if (silent > lostAfter && !this.#lost) {
      this.#lost = true;
      this.tell({ kind: "lost", id: this.#id, data: { since_ms: this.#heard } });
    }
    const stuck = this.#source?.readyState === closed || silent > lostAfter;
    if (stuck && this.around.now() - this.#opened > reopenAfter) this.#open();
  }

  get lost(): boolean {
    return this.#lost;
  }

  #open(): void {
    this.close();
    this.#opened = this.around.now();
    this.#url = `/v1/stream?topics=${encodeURIComponent(this.#topics)}${this.#id ? `&from=${this.#id}` : ""}`;
    const source = this.around.open(this.#url);
    this.#source = source;
    for (const kind of kinds) {
      source.addEventListener(kind, (e) => {
        if (this.#source === source) this.#take(kind, e);
      });
    }
  }

  #take(kind: string, e: MessageEvent<string>): void {
    this.#heard = this.around.now();
    if (e.lastEventId) this.#id = e.lastEventId;
    if (this.#lost) {
      this.#lost = false;
      this.tell({ kind: "back", id: this.#id, data: null });
    }
    this.tell({ kind, id: this.#id, data: JSON.parse(e.data) as unknown });
  }
}
