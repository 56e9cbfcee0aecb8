// How old a value is, and whether it may still look live.

import type { Tile } from "./types.ts";

/** span is an elapsed time that is watched: "0:07", "12:40", "1:02:03". */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number): string => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600);
  const rest = `${two(s % 60)}`;
  return h > 0 ? `${h}:${two(Math.floor(s / 60) % 60)}:${rest}` : `${Math.floor(s / 60)}:${rest}`;
}

/** stale reports whether a value must not look live: too old, or the server is lost. */
export function stale(t: Tile, now: number, lost: boolean): boolean {
  if (t.text === "" || t.at_ms === undefined) return true;
  return lost || (t.fresh_ms !== undefined && t.fresh_ms > 0 && now - t.at_ms >= t.fresh_ms);
}

/** zoneMS is how far the zone's wall clock is ahead of UTC at an instant. */
export function zoneMS(zone: string, at: number): number {
  const part: Record<string, number> = {};
  for (const p of formatter(zone).formatToParts(at)) if (p.type !== "literal") part[p.type] = Number(p.value);
  const wall = Date.UTC(part["year"]!, part["month"]! - 1, part["day"]!, part["hour"]!, part["minute"]!, part["second"]!);
  return wall - Math.floor(at / 1000) * 1000;
}

/** wall is the instant of a wall-clock time, some days from the day of now. */
export function wall(zone: string, now: number, days: number, hour: number, minute: number): number {
  const ahead = zoneMS(zone, now);
  const day = Math.floor((now + ahead) / 86_400_000) + days;
  const guess = day * 86_400_000 + (hour * 60 + minute) * 60_000 - ahead;
  // On a day when clocks change, the offset at the guess is the right one.
  return guess + ahead - zoneMS(zone, guess);
}

/** clock writes an instant as the clinic's wall-clock time, "09:05". */
export function clock(zone: string, at: number): string {
  const local = new Date(at + zoneMS(zone, at));
  return local.toISOString().slice(11, 16);
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  let f = formatters.get(zone);
  if (!f) {
    const numeric = "numeric" as const;
    f = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone, hourCycle: "h23", year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric,
    });
    formatters.set(zone, f);
  }
  return f;
}
