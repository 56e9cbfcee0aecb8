// The answer follows the question: each movement of a slider asks the server, which has
// the only implementation of the mathematics. An answer that was overtaken is dropped.
// Without this script the button does the same.

const form = document.querySelector<HTMLFormElement>("form[data-explore]");
const answer = document.querySelector<HTMLElement>("#answer");

if (form && answer) explore(form, answer);

function explore(form: HTMLFormElement, answer: HTMLElement): void {
  const second = form.querySelector<HTMLElement>("[data-two]")!;
  const two = form.querySelector<HTMLInputElement>("input[name=two]")!;
  let under: AbortController | undefined;
  let again = false;

  for (const slider of form.querySelectorAll<HTMLInputElement>("input[type=range]")) {
    const field = form.querySelector<HTMLInputElement>(`#${slider.dataset["of"]!}`)!;
    slider.hidden = false;
    slider.addEventListener("input", () => {
      field.value = slider.value;
      const words = form.querySelector<HTMLInputElement>(`#${field.id.slice(0, 1)}_text`);
      if (words && /^[ab]_/.test(field.id)) words.value = ""; // the words stood in place of what is dragged now
    });
    field.addEventListener("input", () => {
      slider.value = field.value.replace(",", ".");
    });
  }

  const ask = async (): Promise<void> => {
    if (under) {
      again = true; // one question is on its way: the last one asked follows it
      return;
    }
    under = new AbortController();
    const gone = setTimeout(() => under?.abort(), 10_000);
    try {
      const body = new URLSearchParams([...new FormData(form)].map(([k, v]) => [k, String(v)]));
      const r = await fetch("/kinetics/answer", { method: "POST", body, signal: under.signal });
      if (!r.ok) throw new Error(String(r.status));
      const open = [...answer.querySelectorAll("details")].map((d) => d.open);
      answer.innerHTML = await r.text(); // our own page's part, escaped by the server
      answer.querySelectorAll("details").forEach((d, i) => (d.open = open[i] ?? false));
      answer.classList.remove("old");
    } catch {
      answer.classList.add("old");
    } finally {
      clearTimeout(gone);
      under = undefined;
      if (again) {
        again = false;
        void ask();
      }
    }
  };
  form.addEventListener("input", () => {
    second.classList.toggle("folded", !two.checked);
    void ask();
  });
}
