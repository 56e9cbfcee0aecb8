// What a person typed of an order, kept in this browser until an order is signed: the
// server keeps it for everybody, but it may be out of reach, or started again.

/** Store is where it outlives the page. */
export interface Store {
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

/** name is under which it is kept: a person's own, of one visit. */
export function name(visit: string, person: string): string {
  return `stillwatch.order.${visit}.${person}`;
}

/** read takes up what an earlier page left; what was typed before an order was signed is done with. */
export function read(store: Store, key: string, signed: number, now: number): Typed {
  try {
    const raw = store.getItem(key);
    if (raw === null) return nothing(now);
    const t = JSON.parse(raw) as Typed;
    const whole = typeof t.answers === "object" && t.answers !== null && Array.isArray(t.unsent) && typeof t.draft === "string" && typeof t.at === "number";
    if (whole && t.at > signed) return t;
    store.removeItem(key);
  } catch {
    // what cannot be read is not there
  }
  return nothing(now);
}

/** keep stores it, or takes it away where nothing is left of it; false where the browser refuses. */
export function keep(store: Store, key: string, t: Typed): boolean {
  try {
    if (Object.keys(t.answers).length === 0) store.removeItem(key);
    else store.setItem(key, JSON.stringify(t));
    return true;
  } catch {
    return false;
  }
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
