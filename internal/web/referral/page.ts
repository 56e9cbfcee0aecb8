// A field to sign in with a finger or a pen. Without this script a name is typed, or
// signed on paper.

const box = document.querySelector<HTMLElement>("[data-ink]");
const canvas = box?.querySelector("canvas");
const out = box?.querySelector<HTMLInputElement>("input[name=strokes]");
const drawn = document.querySelector<HTMLInputElement>('input[name="method"][value="drawn on screen"]');

const mostPoints = 800;
const least = 6; // units between two points: nearer ones say nothing

type Point = [number, number];

if (box && canvas && out && drawn) sign(box, canvas, out, drawn);

/** drawnBefore is what was drawn on a form that came back. */
function drawnBefore(text: string): Point[][] {
  if (text === "") return [];
  return text.split(";").map((stroke) => stroke.split(" ").map((p) => p.split(",").map(Number) as Point));
}

function sign(box: HTMLElement, canvas: HTMLCanvasElement, out: HTMLInputElement, drawn: HTMLInputElement): void {
  const strokes = drawnBefore(out.value);
  const pen = canvas.getContext("2d")!;
  let on: number | undefined; // the pointer that draws
  const shown = (): void => {
    box.hidden = !drawn.checked;
  };
  for (const m of document.querySelectorAll<HTMLInputElement>('input[name="method"]')) m.addEventListener("change", shown);
  shown();
  const at = (e: PointerEvent): Point => {
    const r = canvas.getBoundingClientRect();
    const within = (v: number, most: number): number => Math.min(most, Math.max(0, Math.round(v * most)));
    return [within((e.clientX - r.left) / r.width, canvas.width), within((e.clientY - r.top) / r.height, canvas.height)];
  };
  const write = (): void => {
    out.value = strokes.map((s) => s.map((p) => p.join(",")).join(" ")).join(";");
  };
  const paint = (): void => {
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    for (const s of strokes) {
      pen.beginPath();
      for (const p of s) pen.lineTo(...p);
      pen.stroke();
    }
  };
  paint();
  canvas.addEventListener("pointerdown", (e) => {
    if (on !== undefined) return;
    on = e.pointerId;
    canvas.setPointerCapture(on);
    strokes.push([at(e)]);
  });
  canvas.addEventListener("pointermove", (e) => {
    if (e.pointerId !== on) return;
    const stroke = strokes.at(-1)!;
    const [last, now] = [stroke.at(-1)!, at(e)];
    if (Math.hypot(now[0] - last[0], now[1] - last[1]) < least || strokes.flat().length >= mostPoints) return;
    stroke.push(now);
    paint();
  });
  const up = (e: PointerEvent): void => {
    if (e.pointerId !== on) return;
    on = undefined;
    paint();
    write();
  };
  canvas.addEventListener("pointerup", up);
  canvas.addEventListener("pointercancel", up);
  box.querySelector("[data-again]")!.addEventListener("click", () => {
    strokes.length = 0;
    paint();
    write();
  });
}
