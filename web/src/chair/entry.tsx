// Starts the chair's page: the first view came with the page, the stream
// brings what follows.

import { render } from "preact";
import { effect } from "@preact/signals";

import { clock, follow, onLink } from "../shared/live.ts";
import { App } from "./app.ts";
import { ChairPage } from "./chair.tsx";
import { fetchChair, Grants, makeEdge } from "./edge.ts";
import type { Chair, Live } from "./types.ts";

const root = document.querySelector<HTMLElement>("#chair");
const number = Number(root?.dataset["chair"]);

if (root && number > 0) start(root, number);

function start(root: HTMLElement, number: number): void {
  const grants = new Grants();
  const refresh = async (): Promise<void> => {
    const v = await fetchChair(number);
    if (v) app.show(v);
  };
  const app = new App(makeEdge(grants, refresh));
  const first = document.querySelector("#first")?.textContent;
  if (first) {
    const v = JSON.parse(first) as Chair;
    clock.heard(v.at_ms);
    app.tick();
    app.show(v);
  } else void refresh();
  effect(() => {
    const who = app.view.value?.who;
    if (who) void grants.follow(who);
  });
  follow([`chair.${number}`], (kind, data) => {
    if (kind === "reset") return void refresh();
    if (kind === "chair") app.show(data as Chair);
    if (kind === "live") app.live(data as Live);
  });
  onLink((l) => {
    app.lost.value = l.lost;
    if (!l.lost) app.edge.sender.resume();
  });
  setInterval(() => app.tick(), 500);
  void app.restore();
  root.textContent = "";
  render(<ChairPage app={app} />, root);
}
