// A paper as it is being typed, and how it is sent. What was typed stays in
// this browser, for the person who typed it, until the server has confirmed each
// line by its id.

/** Cell is one field of a line, as it was typed. */
export interface Cell {
  key: string;
  text: string;
}

/** Line is one line of a table; its ids are made once, so that what is sent again is the same. */
export interface Line {
  ids: string[];
  section: string;
  cells: Cell[];
}

/** Command is one command that the server made of a line. */
export interface Command {
  row: string;
  id: string;
  act: string;
  occurred_at: string;
  paper?: unknown;
  body: unknown;
}

/** Draft is everything that was typed and is not confirmed yet. */
export interface Draft {
  fields: Record<string, string>;
  downID: string;
  totalID: string;
  sheets: number[];
  lines: Line[];
  /** What is being sent, in its order; empty while the sheet is typed. */
  commands: Command[];
  /** Ids that the server has confirmed. */
  done: string[];
}

/** Kept is where a draft outlives the page. */
export interface Kept {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** name is under which a draft is kept: a person's own, of one visit. */
export function name(session: string, person: string): string {
  return `stillwatch.paper.${session}.${person}`;
}

/** read takes up what an earlier page left; undefined where there is nothing that can be read. */
export function read(kept: Kept, key: string): Draft | undefined {
  try {
    const raw = kept.getItem(key);
    if (raw === null) return undefined;
    const d = JSON.parse(raw) as Draft;
    const whole = Array.isArray(d.lines) && Array.isArray(d.commands) && Array.isArray(d.done) && Array.isArray(d.sheets) && typeof d.fields === "object";
    return whole ? d : undefined;
  } catch {
    return undefined;
  }
}

/** keep stores a draft; false where the browser refuses. */
export function keep(kept: Kept, key: string, d: Draft): boolean {
  try {
    kept.setItem(key, JSON.stringify(d));
    return true;
  } catch {
    return false;
  }
}

/** blank reports whether nothing was typed into a line; whose initials it bears says nothing. */
export function blank(l: Line): boolean {
  return l.cells.every((c) => c.key === "author" || c.text.trim() === "");
}

/** wire is the draft as the server reads it. */
export function wire(d: Draft): unknown {
  const f = (key: string) => (d.fields[key] ?? "").trim();
  return {
    author: f("author"), date: f("date"), concentration: f("concentration"), sheets: d.sheets,
    down: { id: d.downID, from: f("down.from"), to: f("down.to") },
    total: { id: d.totalID, shown: f("total.shown"), unit: f("total.unit"), programmed: f("total.programmed"), reason: f("total.reason") },
    rows: d.lines.filter((l) => !blank(l)),
  };
}

/** Reply is what the server answered; status 0 where no answer came. */
export interface Reply {
  status: number;
  text: string;
}

/** Ended says how a sending ended. */
export interface Ended {
  /** By line: why it came back. */
  returned: Map<string, string>;
  /** Why it stopped before its end; undefined when everything was answered. */
  stopped?: string;
}

/**
 * send posts what is not confirmed yet, one after the other. A line that comes
 * back keeps none of the others; where no answer came it stops, and the rest
 * waits under the same ids.
 */
export async function send(d: Draft, post: (c: Command) => Promise<Reply>, step: () => void): Promise<Ended> {
  const returned = new Map<string, string>();
  for (const c of d.commands) {
    if (d.done.includes(c.id) || returned.has(c.row)) continue;
    const r = await post(c);
    if (r.status === 200) {
      d.done.push(c.id);
      step();
      continue;
    }
    if (r.status === 400 || r.status === 409 || r.status === 422) {
      returned.set(c.row, r.text);
      continue;
    }
    return { returned, stopped: r.status === 0 ? "The server does not answer." : r.text || `The server answered ${r.status}.` };
  }
  return { returned };
}

/** rest is what is left of a draft: the lines that came back, with all that was typed. */
export function rest(d: Draft, returned: ReadonlyMap<string, string>): Draft {
  const fields = { ...d.fields };
  const sent = (id: string) => d.commands.some((c) => c.row === id) && !returned.has(id);
  if (sent(d.downID)) for (const k of ["down.from", "down.to"]) delete fields[k];
  if (sent(d.totalID)) for (const k of ["total.shown", "total.unit", "total.programmed", "total.reason"]) delete fields[k];
  return { ...d, fields, lines: d.lines.filter((l) => !blank(l) && !sent(l.ids[0]!)), commands: [], done: [] };
}
