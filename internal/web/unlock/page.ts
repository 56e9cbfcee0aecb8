// A number pad for fingers; without this script the field takes the keyboard.

const pad = document.querySelector<HTMLElement>("[data-pad]");
const pin = document.querySelector<HTMLInputElement>("#pin");

if (pad && pin) {
  for (const key of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "Clear", "0", "⌫"]) {
    const b = document.createElement("button");
    b.type = "button";
    b.textContent = key;
    if (key === "⌫") b.setAttribute("aria-label", "Delete last digit");
    b.addEventListener("click", () => press(key));
    pad.append(b);
  }
  pad.hidden = false;
}

function press(key: string): void {
  if (!pin) return;
  if (key === "Clear") pin.value = "";
  else if (key === "⌫") pin.value = pin.value.slice(0, -1);
  else pin.value = (pin.value + key).slice(0, pin.maxLength);
  const chosen = document.querySelector<HTMLInputElement>('input[name="person"]:checked');
  if (pin.value.length === pin.maxLength && chosen) pin.form?.requestSubmit();
}
