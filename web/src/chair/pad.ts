// The number pad: what a key does to the text, and what the text is worth
// against the field's own range. Ranges only: no severity, no limit.

import type { Field } from "./types.ts";

export type Key = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "." | "back" | "clear";

const longest = 9;

/** press gives the text after a key. A key that makes no number does nothing. */
export function press(text: string, key: Key, decimals: number): string {
  if (key === "clear") return "";
  if (key === "back") return text.slice(0, -1);
  if (text.length >= longest) return text;
  const point = text.indexOf(".");
  if (key === ".") {
    if (decimals === 0 || point >= 0) return text;
    return text === "" ? "0." : text + ".";
  }
  if (point >= 0 && text.length - point > decimals) return text;
  return text === "0" ? key : text + key;
}

/** typed cleans what a hardware keyboard put in, with the same rules; a comma is a point. */
export function typed(raw: string, decimals: number): string {
  let out = "";
  for (const ch of raw.replace(",", ".")) {
    if (/[0-9.]/.test(ch)) out = press(out, ch as Key, decimals);
  }
  return out;
}

/** The range in words: "30 to 300 mmHg". */
export function range(f: Field): string {
  const unit = f.unit ? ` ${f.unit}` : "";
  if (f.low !== undefined && f.low !== "" && f.high) return `${f.low} to ${f.high}${unit}`;
  if (f.high) return `at most ${f.high}${unit}`;
  if (f.low !== undefined && f.low !== "" && f.low !== "0") return `at least ${f.low}${unit}`;
  return "";
}

/** Verdict on a text that may still be growing. */
export interface Verdict {
  /** Can stand as it is. */
  ok: boolean;
  /** Said at once; empty while the number may still become right. */
  say: string;
}

/**
 * judge compares with the field's range. Too high is said at once, since more
 * digits make it higher; too low only when done, since they may mend it.
 */
export function judge(text: string, f: Field, done: boolean): Verdict {
  if (text === "") return { ok: !f.required, say: "" };
  const n = Number(text.endsWith(".") ? text.slice(0, -1) : text);
  if (!Number.isFinite(n)) return { ok: false, say: "This is not a number." };
  const outside = { ok: false, say: `Possible here: ${range(f)}.` };
  if (f.high && n > Number(f.high)) return outside;
  if (f.low && n < Number(f.low)) return done ? outside : { ok: false, say: "" };
  if (text.endsWith(".")) return { ok: !done, say: done ? "A digit is missing after the point." : "" };
  return { ok: true, say: "" };
}
