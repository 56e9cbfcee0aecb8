// The service worker of the chair's page. It answers for the server only
// while the server does not answer, and what it keeps names no patient: the
// page's shell, its scripts, styles and fonts, and the table of questions.

import { answer, keptIn, type Kept } from "../shared/away.ts";

interface Life {
  waitUntil(p: Promise<unknown>): void;
}

interface Fetched extends Life {
  request: Request;
  respondWith(r: Promise<Response>): void;
}

interface Scope {
  /** Which files there are, put before this script by the server. */
  kept: Kept;
  location: Location;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(kind: "install" | "activate", run: (e: Life) => void): void;
  addEventListener(kind: "fetch", run: (e: Fetched) => void): void;
}

const scope = self as unknown as Scope;
const name = `chair-${scope.kept.version}`;

scope.addEventListener("install", (e) => {
  e.waitUntil((async () => {
    // All or nothing: half a page must never open.
    await (await caches.open(name)).addAll([scope.kept.shell, ...scope.kept.files]);
    await scope.skipWaiting();
  })());
});

scope.addEventListener("activate", (e) => {
  e.waitUntil((async () => {
    for (const other of await caches.keys()) if (other !== name && other !== keptIn) await caches.delete(other);
    await scope.clients.claim();
  })());
});

scope.addEventListener("fetch", (e) => {
  const made = answer(e.request, {
    origin: scope.location.origin, kept: scope.kept,
    network: (r) => fetch(r),
    stored: async (path) => (await caches.open(name)).match(path, { ignoreVary: true }),
    forget: () => e.waitUntil(caches.delete(keptIn)),
    later: (ms) => new Promise((done) => setTimeout(done, ms)),
  });
  if (made) e.respondWith(made);
});
