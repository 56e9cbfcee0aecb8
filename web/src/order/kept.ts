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

/** keep stores it; false where the browser refuses. */
export function keep(store: Store, key: string, t: Typed): boolean {
  try {
    store.setItem(key, JSON.stringify(t));
    return true;
  } catch {
    return false;
  }
}

/** draftOf is the draft that "<draft>.<number>" is of. */
export function draftOf(seen: string): string {
  return seen.split(".")[0]!;
}

/** owed are the answers that the server's draft does not have: what was not sent, or everything where it is another draft. */
export function owed(t: Typed, seen: string): string[] {
  return t.draft === draftOf(seen) ? t.unsent.filter((n) => n in t.answers) : Object.keys(t.answers);
}

/** touched notes what stands in a question now. */
export function touched(t: Typed, question: string, says: string[]): Typed {
  return { ...t, answers: { ...t.answers, [question]: says }, unsent: t.unsent.includes(question) ? t.unsent : [...t.unsent, question] };
}

/** confirmed takes off what the server has: an answer that was changed while it was on its way is still owed. */
export function confirmed(t: Typed, sent: Record<string, string[]>, seen: string, at: number): Typed {
  return { ...t, draft: draftOf(seen), at, unsent: t.unsent.filter((n) => JSON.stringify(t.answers[n]) !== JSON.stringify(sent[n])) };
}
