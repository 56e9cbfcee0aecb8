// The page's end of the live stream. Content, wording and order come from the
// server; this hands frames on, keeps the server's time, and says across the
// whole page when the server has gone silent.

import { ServerClock } from "./clock.ts";
import { Stream } from "./stream.ts";
import { lostAfter, type Asked, type Beat, type Frame } from "./wire.ts";

/** The server's clock as this page knows it. */
export const clock = new ServerClock(() => Date.now());

/** Listener hears every frame of the stream that this page follows. */
export type Listener = (kind: string, data: unknown, id: string) => void;

/** Link is how the page stands with the server. */
export interface Link {
  lost: boolean;
  /** When the server was last heard, by this device's clock; 0 when never. */
  heard: number;
  /** The server answers, and cannot write: its words for it, or empty. */
  fault: string;
}

/** The clinic's zone, for the time that the banner names; empty takes this device's. */
let zone = "";

/** inZone says in which zone the page tells times. */
export function inZone(name: string): void {
  zone = name;
}

/** openedAway is a page that was opened without the server, which was last heard then. */
export function openedAway(heard: number): void {
  link.heard = heard;
  setLost(true);
  banner(true);
}

const link: Link = { lost: false, heard: Date.now(), fault: "" };
const watchers = new Set<(l: Link) => void>();

/** onLink calls run now and whenever the server is lost or back. */
export function onLink(run: (l: Link) => void): () => void {
  watchers.add(run);
  run(link);
  return () => watchers.delete(run);
}

const tickers = new Set<() => void>();

/**
 * onTick calls run about once a second, also in a hidden tab: the worker's
 * clock and the server's frames drive it, not this page's timers alone.
 */
export function onTick(run: () => void): void {
  tickers.add(run);
}

const leavers = new Set<() => void>();

/** onGone calls run when the server does not know this browser any more. */
export function onGone(run: () => void): void {
  leavers.add(run);
}

function ticked(): void {
  for (const run of tickers) run();
}

/**
 * follow listens to topics such as "board" and "chair.3". What it returns asks for
 * whole views: a page that joined a stream of another tab does not have what the
 * frames go on from.
 */
export function follow(topics: string[], listen: Listener): () => void {
  const take = (f: Frame): void => {
    if (f.kind === "tick") return ticked(); // of the worker's clock: it says nothing of the server
    if (f.kind === "gone") {
      for (const run of leavers) run();
      return location.assign((f.data as { to: string }).to);
    }
    if (f.kind !== "lost") link.heard = Date.now(); // the watchdog's word is none of the server's
    if (f.kind === "beat") {
      clock.heard((f.data as Beat).at_ms);
      setFault((f.data as Beat).fault ?? "");
    }
    setLost(f.kind === "lost");
    if (f.kind !== "lost" && f.kind !== "back") listen(f.kind, f.data, f.id);
    ticked();
  };
  const again = throughWorker(topics, take) ?? direct(topics, take);
  setInterval(() => {
    // The worker itself may have died, or this tab slept.
    if (Date.now() - link.heard > lostAfter + 1000) setLost(true);
    ticked();
  }, 1000);
  return again;
}

function setLost(lost: boolean): void {
  if (lost === link.lost) return;
  link.lost = lost;
  document.documentElement.classList.toggle("is-lost", lost);
  banner(lost);
  for (const run of watchers) run(link);
}

/** setFault says across the page that nothing is written; a server that is lost is the graver. */
function setFault(fault: string): void {
  if (fault === link.fault) return;
  link.fault = fault;
  banner(link.lost);
  for (const run of watchers) run(link);
}

const notWatching = "Stillwatch is not watching. Use the bedside monitor.";
const stillWorks =
  "A call for help reaches nobody: call in person. What was done can still be recorded at a chair: it waits there and is sent when the server is back.";

function banner(lost: boolean): void {
  let line = document.querySelector<HTMLElement>(".lost-server");
  if (!line) {
    line = document.createElement("div");
    line.className = "lost-server";
    line.setAttribute("role", "alert");
    document.body.prepend(line);
  }
  line.hidden = !lost && link.fault === "";
  line.replaceChildren();
  if (!lost) return line.append(link.fault);
  const rest = document.createElement("span");
  rest.textContent = `${since()}: nothing here is live. ${stillWorks}`;
  line.append(notWatching, " ", rest);
}

function since(): string {
  if (link.heard === 0) return "No contact with the server";
  const at: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (zone !== "") at.timeZone = zone;
  return `No contact with the server since ${new Intl.DateTimeFormat("en-GB", at).format(link.heard - clock.offset)}`;
}

function throughWorker(topics: string[], take: (f: Frame) => void): (() => void) | undefined {
  const url = document.querySelector<HTMLMetaElement>('meta[name="live-worker"]')?.content;
  if (!url || typeof SharedWorker === "undefined") return undefined;
  let port: MessagePort;
  let again: (() => void) | undefined;
  try {
    const worker = new SharedWorker(url, { type: "module", name: "stillwatch-live" });
    // Its script could not be fetched: the page follows by itself.
    worker.onerror = () => (again = direct(topics, take));
    port = worker.port;
  } catch {
    return undefined;
  }
  const say = (a: Asked): void => port.postMessage(a);
  port.onmessage = (e: MessageEvent<Frame>) => take(e.data);
  say({ say: "follow", topics });
  setInterval(() => say({ say: "here" }), 10_000);
  addEventListener("pagehide", () => say({ say: "bye" }));
  addEventListener("pageshow", (e) => e.persisted && say({ say: "follow", topics }));
  return () => (again ?? (() => say({ say: "again" })))();
}

function direct(topics: string[], take: (f: Frame) => void): () => void {
  const stream = new Stream({ now: () => Date.now(), open: (url) => new EventSource(url) }, take);
  stream.follow(topics);
  setInterval(() => stream.watch(), 1000);
  return () => stream.again();
}
