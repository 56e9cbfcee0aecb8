// One stream for all tabs of the browser. It lives here because timers of
// hidden tabs are throttled, and because a browser opens only about six
// connections to a host over HTTP/1.1.

import { Stream } from "../shared/stream.ts";
import type { Asked, Frame } from "../shared/wire.ts";

interface Scope {
  onconnect: ((e: MessageEvent) => void) | null;
}

interface Tab {
  topics: string[];
  seen: number;
}

// A tab that said nothing for so long is gone; hidden tabs speak once a minute.
const goneAfter = 3 * 60_000;

const tabs = new Map<MessagePort, Tab>();

const stream = new Stream(
  { now: () => Date.now(), open: (url) => new EventSource(url) },
  (f: Frame) => {
    for (const port of tabs.keys()) port.postMessage(f);
  },
);

function refollow(): void {
  stream.follow([...tabs.values()].flatMap((t) => t.topics));
}

function hear(port: MessagePort, asked: Asked): void {
  if (asked.say === "bye") {
    tabs.delete(port);
    return refollow();
  }
  const tab = tabs.get(port) ?? { topics: [], seen: 0 };
  tab.seen = Date.now();
  if (asked.say === "follow") tab.topics = asked.topics;
  tabs.set(port, tab);
  refollow();
  if (asked.say === "again") stream.again();
}

setInterval(() => {
  for (const [port, tab] of tabs) {
    if (Date.now() - tab.seen > goneAfter) tabs.delete(port);
  }
  refollow();
  stream.watch();
  for (const port of tabs.keys()) port.postMessage({ kind: "tick", id: "", data: null } satisfies Frame);
}, 1000);

(self as unknown as Scope).onconnect = (e) => {
  const port = e.ports[0];
  if (!port) return;
  port.onmessage = (m: MessageEvent<Asked>) => hear(port, m.data);
  if (stream.lost) port.postMessage({ kind: "lost", id: "", data: { since_ms: Date.now() } } satisfies Frame);
};
