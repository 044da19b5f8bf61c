// The staff's way in, which no visitor sees: five taps into the top left corner, or the word "staff" typed key by key.

const TAPS = 5;
const WITHIN_MS = 3000;
const CORNER_MM = 15;
const WORD = "staff";
// Generous: whoever types with one switch takes their time.
const BETWEEN_KEYS_MS = 10_000;

export function watchStaffGesture(open) {
  let taps = [];
  addEventListener("pointerdown", (event) => {
    const mm = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--mm")) || 4;
    const isThere = Math.max(event.clientX, event.clientY) <= CORNER_MM * mm;
    taps = isThere ? [...taps, event.timeStamp].slice(-TAPS) : [];
    if (taps.length === TAPS && event.timeStamp - taps[0] <= WITHIN_MS) open();
  }, { capture: true, passive: true });

  let typed = "";
  let lastMs = 0;
  addEventListener("keydown", (event) => {
    if (event.key.length !== 1 || event.target.matches?.("input:not([type=range]), select, textarea")) return;
    typed = event.timeStamp - lastMs <= BETWEEN_KEYS_MS ? (typed + event.key.toLowerCase()).slice(-WORD.length) : event.key.toLowerCase();
    lastMs = event.timeStamp;
    if (typed === WORD) open();
  }, { capture: true });
}
