// What changed on the board since the drawing before, put in place: the server drew
// it, as it draws the whole.

/** Changes are as the server's board.Changes. */
export interface Changes {
  head: string;
  columns?: string;
  under?: string;
  rows: { chair: number; html?: string; signs?: string }[];
  order?: number[];
}

/** change brings the board below live, which shows at least one chair, up to date. */
export function change(live: HTMLElement, c: Changes): void {
  live.querySelector(".head")?.replaceWith(made(c.head));
  if (c.columns) live.querySelector(".columns")?.replaceWith(made(c.columns));
  const list = live.querySelector<HTMLElement>(".rows");
  if (!list) return;
  const rows = new Map([...list.children].map((e) => [Number((e as HTMLElement).dataset["chair"]), e]));
  for (const r of c.rows) {
    const row = rows.get(r.chair);
    if (r.html !== undefined) {
      const now = made(r.html).firstElementChild!;
      if (row) row.replaceWith(now);
      else list.append(now);
      rows.set(r.chair, now);
    } else if (row && r.signs !== undefined) row.querySelector(":scope > .signs, :scope > .novitals")?.replaceWith(made(r.signs));
  }
  if (c.order) list.replaceChildren(...c.order.flatMap((chair) => rows.get(chair) ?? []));
  if (!c.under) return;
  while (list.nextSibling) list.nextSibling.remove();
  list.after(made(c.under));
}

function made(html: string): DocumentFragment {
  const t = document.createElement("template");
  t.innerHTML = html;
  return t.content;
}
