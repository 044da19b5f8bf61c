// The staff's page works without this script. It adds an on-screen keypad, and signs out when the
// page is left alone.

import { closestTarget, findOrNull } from "./dom.js";

const pin = findOrNull(document, "#pin", HTMLInputElement);

document.addEventListener("click", (event) => {
  const key = closestTarget(event, "[data-digit], [data-erase]", HTMLElement);
  if (!key || !pin) return;
  const { digit } = key.dataset;
  pin.value = digit ? (pin.value + digit).slice(0, pin.maxLength) : pin.value.slice(0, -1);
});

// After a while without a touch the visitors' page comes back, so that no session is left open.
const idleMs = Number(document.body.dataset.idleS) * 1000;
let timer = 0;
function wait() {
  clearTimeout(timer);
  timer = setTimeout(leave, idleMs);
}
function leave() {
  const form = findOrNull(document, "#leave", HTMLFormElement);
  if (form) form.submit();
  else location.assign("/?anew");
}
for (const touch of ["pointerdown", "keydown", "wheel", "input", "scroll"]) {
  addEventListener(touch, wait, { capture: true, passive: true });
}
if (idleMs) wait();
