// The staff's page works without this: it adds a keypad for a finger, and goes back to the visitors by itself.

const pin = document.getElementById("pin");

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-digit], [data-erase]");
  if (!key || !pin) return;
  pin.value = key.dataset.digit ? (pin.value + key.dataset.digit).slice(0, pin.maxLength) : pin.value.slice(0, -1);
});

// Nobody stays in: after a while without a touch the page goes, and the visitors' comes back.
const idleMs = Number(document.body.dataset.idleS) * 1000;
let timer = 0;
function wait() {
  clearTimeout(timer);
  timer = setTimeout(leave, idleMs);
}
function leave() {
  const form = document.getElementById("leave");
  if (form) form.submit();
  else location.assign("/?anew");
}
for (const touch of ["pointerdown", "keydown", "wheel", "input", "scroll"]) {
  addEventListener(touch, wait, { capture: true, passive: true });
}
if (idleMs) wait();
