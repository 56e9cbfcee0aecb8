// Ages beside values. An element with data-at (server ms) holds the value and
// a child with data-age for its age; data-fresh is the age, set by the server,
// from which the value is drawn as old.

/** ageText is an age as people say it: "4 s", "12 min", "1 h 05". */
export function ageText(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return `${min} min`;
  return `${Math.floor(min / 60)} h ${String(min % 60).padStart(2, "0")}`;
}

/** tickAges writes every age below root once. */
export function tickAges(root: ParentNode, now: number): void {
  for (const e of root.querySelectorAll<HTMLElement>("[data-at]")) {
    const age = now - Number(e.dataset["at"]);
    const text = ageText(age);
    const slot = e.querySelector<HTMLElement>("[data-age]");
    if (slot && slot.textContent !== text) slot.textContent = text;
    const fresh = Number(e.dataset["fresh"] ?? 0);
    e.classList.toggle("stale", fresh > 0 && age >= fresh);
  }
}
