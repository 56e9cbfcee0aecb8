// Keeps the view at its newest: whole views when the log moves, small live
// frames between. Points are appended as measured and never repeated.

import type { Chair, Cuff, Live, Point, Series } from "./types.ts";

/** newer takes a whole view unless it is older than what is shown. */
export function newer(shown: Chair | undefined, got: Chair): Chair {
  goOn(got);
  if (!shown || got.chair !== shown.chair || got.session !== shown.session) return got;
  if (got.head < shown.head || (got.head === shown.head && got.cursor < shown.cursor)) return shown;
  return got;
}

/** A rate that still ran when the view was made goes on with the clock. */
function goOn(got: Chair): void {
  const last = got.phase === "infusing" ? got.timeline?.rate?.at(-1) : undefined;
  if (last && last.to_ms >= got.at_ms - 1_000) last.to_ms = 0;
}

/** moved applies a live frame: it may be late, and then it is dropped whole. */
export function moved(shown: Chair, live: Live): Chair {
  // Of a silent monitor the cursor stands still, while times and notices go on.
  if (live.chair !== shown.chair || live.cursor < shown.cursor || live.at_ms < shown.at_ms) return shown;
  const out: Chair = { ...shown, cursor: live.cursor, at_ms: live.at_ms, tiles: live.tiles, link: kept(shown.link, live.link), device: live.device ?? [], calls: kept(shown.calls, live.calls ?? []) };
  if (live.headline) out.headline = kept(shown.headline, live.headline);
  if (live.notices) out.notices = kept(shown.notices, live.notices);
  if (live.hearing) out.hearing = kept(shown.hearing, live.hearing);
  if (live.scores) out.scores = kept(shown.scores, live.scores);
  if (live.next) out.next = kept(shown.next, live.next);
  if (!shown.timeline) return out;
  out.timeline = { ...shown.timeline };
  if (live.series) out.timeline.series = joined(shown.timeline.series ?? [], live.series);
  if (live.cuffs) {
    const known = new Set(shown.timeline.cuffs?.map(which));
    const fresh = live.cuffs.filter((c) => !known.has(which(c)));
    if (fresh.length > 0) out.timeline.cuffs = [...(shown.timeline.cuffs ?? []), ...fresh];
  }
  return out;
}

/** kept is the part that is shown already, where what came says the same: what did not change is not drawn again. */
export function kept<T>(shown: T, got: NonNullable<T>): NonNullable<T> {
  return shown && JSON.stringify(shown) === JSON.stringify(got) ? shown : got;
}

/** which tells cuffs apart: two arms at one instant are two measurements. */
const which = (c: Cuff): string => `${c.at_ms} ${c.site ?? ""}`;

/** same reports whether two series are one curve: two sites of one kind stay two. */
function same(a: Series, b: Series): boolean {
  return a.kind === b.kind && (a.site ?? "") === (b.site ?? "") && (a.source ?? "") === (b.source ?? "");
}

function joined(shown: readonly Series[], more: readonly Series[]): Series[] {
  const out = shown.map((s) => {
    const m = more.find((q) => same(q, s));
    if (!m) return s;
    const last = s.points.at(-1)?.[0] ?? -Infinity;
    const fresh = m.points.filter((p: Point) => p[0] > last);
    // The growing array is shared on purpose: copying three hours of points
    // for each frame would cost more than drawing them.
    s.points.push(...fresh);
    const named = m.where ?? s.where;
    return { ...s, ...(named ? { where: named } : {}), gaps: m.gaps ? kept(s.gaps, m.gaps) : (s.gaps ?? []) };
  });
  return [...out, ...more.filter((m) => !shown.some((s) => same(s, m)))];
}
