// What a person typed of an order, kept in this browser until an order is signed: the
// server keeps it for everybody, but it may be out of reach, or started again.

/** Store is where it outlives the page. */
export interface Store {
  readonly length: number;
  key(i: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Typed is what one person typed of the order of one visit. */
export interface Typed {
  answers: Record<string, string[]>;
  /** Names of the answers that the server has not confirmed. */
  unsent: string[];
  /** The draft that the server had them in; empty for none. */
  draft: string;
  /** The server's clock when it was last heard, in milliseconds. */
  at: number;
}

/** nothing is what a person has typed on a page that was just made. */
export function nothing(at: number): Typed {
  return { answers: {}, unsent: [], draft: "", at };
}

const prefix = "stillwatch.order.";
const longest = 24 * 3_600_000; // it is kept for, where nobody comes back to it

/** name is under which it is kept: a person's own, of one visit. */
export function name(visit: string, person: string): string {
  return `${prefix}${visit}.${person}`;
}

/** read takes up what an earlier page left; what was typed before an order was signed is done with. */
export function read(store: Store, key: string, signed: number, now: number): Typed {
  try {
    const raw = store.getItem(key);
    if (raw === null) return nothing(now);
    const { kept: _, ...t } = JSON.parse(raw) as Typed & { kept?: number };
    const whole = typeof t.answers === "object" && t.answers !== null && Array.isArray(t.unsent) && typeof t.draft === "string" && typeof t.at === "number";
    if (whole && t.at > signed) return t;
    store.removeItem(key);
  } catch {
    // what cannot be read is not there
  }
  return nothing(now);
}

/**
 * keep stores it, with this browser's clock, or takes it away where nothing is left of it;
 * false where the browser refuses.
 */
export function keep(store: Store, key: string, t: Typed, now: number): boolean {
  try {
    if (Object.keys(t.answers).length === 0) store.removeItem(key);
    else store.setItem(key, JSON.stringify({ ...t, kept: now }));
    return true;
  } catch {
    return false;
  }
}

/** age is for how long nobody has kept it again, by this browser's clock; what cannot be read is as old as can be. */
function age(raw: string | null, now: number): number {
  try {
    const { kept, at } = JSON.parse(raw ?? "") as { kept?: unknown; at?: unknown };
    const when = kept ?? at;
    return typeof when === "number" ? now - when : Infinity;
  } catch {
    return Infinity;
  }
}

/** names lists what is kept here of orders, whosever. */
function names(store: Store): string[] {
  return Array.from({ length: store.length }, (_, i) => store.key(i) ?? "").filter((k) => k.startsWith(prefix));
}

/** sweep takes away what nobody came back to for a day; the form that is open keeps its own. */
export function sweep(store: Store, now: number, own = ""): void {
  for (const k of names(store)) if (k !== own && age(store.getItem(k), now) > longest) store.removeItem(k);
}

/**
 * settle takes away what is done with as a page is shown: a person's typed order once it
 * is signed, everything once somebody has signed out here, and what is old. It reports
 * whether the address said so: shown a second time it would take what was typed since.
 */
export function settle(store: Store, address: URL, person: string, now: number): boolean {
  sweep(store, now);
  const done = address.searchParams.get("done");
  const visit = /^\/sessions\/([^/]+)$/.exec(address.pathname)?.[1];
  if (visit !== undefined && done === "ordered") store.removeItem(name(visit, person));
  else if (address.pathname === "/sign-in" && done === "out") for (const k of names(store)) store.removeItem(k);
  else return false;
  return true;
}

/** draftOf is the draft that "<draft>.<number>" is of. */
export function draftOf(seen: string): string {
  return seen.split(".")[0]!;
}

/**
 * owed are the answers that the server's draft does not have: what was not sent, or, where
 * it is another draft, everything but what another person has answered in it since.
 */
export function owed(t: Typed, seen: string, others: readonly string[]): string[] {
  if (t.draft === draftOf(seen)) return t.unsent.filter((n) => n in t.answers);
  return Object.keys(t.answers).filter((n) => t.unsent.includes(n) || !others.includes(n));
}

/** touched notes what stands in a question now. */
export function touched(t: Typed, question: string, says: string[]): Typed {
  return { ...t, answers: { ...t.answers, [question]: says }, unsent: t.unsent.includes(question) ? t.unsent : [...t.unsent, question] };
}

/** confirmed takes off what the server has: an answer that was changed while it was on its way is still owed. */
export function confirmed(t: Typed, sent: Record<string, string[]>, seen: string, at: number): Typed {
  return { ...t, draft: draftOf(seen), at, unsent: t.unsent.filter((n) => JSON.stringify(t.answers[n]) !== JSON.stringify(sent[n])) };
}

/** same reports whether two answers say the same, in whatever order. */
export function same(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}

/** Answered is what the server says of its draft. */
export interface Answered {
  draft: string;
  answers: Record<string, string[]>;
  /** Who gave an answer last, where that was another person. */
  last: Record<string, string>;
  at_ms: number;
}

/**
 * heard is what is left of what was typed once the server has told of its draft. Another
 * person's later answer takes the place of one's own, which is never sent again. A server
 * that was started again is owed what it does not have.
 */
export function heard(t: Typed, sent: Record<string, string[]>, news: Answered): Typed {
  const another = t.draft !== draftOf(news.draft);
  if (Object.keys(sent).length > 0) t = confirmed(t, sent, news.draft, news.at_ms);
  if (another) {
    const unsent = Object.keys(t.answers).filter((n) => t.unsent.includes(n) || !(n in news.answers || n in sent));
    t = { ...t, draft: draftOf(news.draft), unsent };
  }
  const answers: Record<string, string[]> = {};
  for (const [n, mine] of Object.entries(t.answers)) {
    const says = news.answers[n];
    if (t.unsent.includes(n) || says === undefined || same(says, mine)) answers[n] = mine;
    else if (!news.last[n]) answers[n] = says; // one's own, from another page
  }
  return { ...t, answers };
}
