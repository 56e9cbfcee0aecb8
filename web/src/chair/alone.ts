// When a chair has to sound by itself. It is quiet for the patient only while
// another place is proven to hear it; without the server nothing proves that.

import type { Hearing } from "./types.ts";

/** Lost is how the chair stands with the server. */
export interface Lost {
  lost: boolean;
  /** When the server was last heard, by this device's clock. */
  heard: number;
  /** Until when somebody here silenced the chair, by this device's clock. */
  quiet: number;
}

/** Sounds is what the chair has to sound: the alarms it knows, and that it has no server. */
export interface Sounds {
  alarms: boolean;
  lost: boolean;
}

/**
 * sounding says what the chair sounds now. The newest proof it knew of came no
 * later than the server's last word, and holds for last_ms: until then short gaps
 * of a tablet's network stay silent.
 */
export function sounding(h: Hearing | undefined, at: Lost, now: number): Sounds {
  if (!at.lost) return { alarms: h?.nobody ?? false, lost: false };
  if (!h?.watched || now < at.quiet) return { alarms: false, lost: false };
  const alone = h.nobody || now - at.heard >= h.last_ms || now < at.heard; // a clock set back proves nothing
  return { alarms: alone, lost: alone };
}
