// Opens the staff's page: five taps into the top left corner, or the word "staff" typed. Visitors
// see no sign of it.

const TAPS = 5;
const WITHIN_MS = 3000;
const CORNER_MM = 15;
const WORD = "staff";
// Long enough for a person who types with a single switch.
const BETWEEN_KEYS_MS = 10_000;
const TEXT_FIELDS = "input:not([type=range]), select, textarea";

/**
 * Call `open` after either gesture.
 *
 * @param {() => void} open
 */
export function watchStaffGesture(open) {
  watchTaps(open);
  watchWord(open);
}

/** @param {() => void} open */
function watchTaps(open) {
  /** @type {number[]} */
  let taps = [];
  addEventListener(
    "pointerdown",
    (event) => {
      const style = getComputedStyle(document.documentElement);
      const mm = parseFloat(style.getPropertyValue("--mm")) || 4;
      const isInCorner = Math.max(event.clientX, event.clientY) <= CORNER_MM * mm;
      taps = isInCorner ? [...taps, event.timeStamp].slice(-TAPS) : [];
      if (taps.length === TAPS && event.timeStamp - taps[0] <= WITHIN_MS) open();
    },
    { capture: true, passive: true },
  );
}

/** @param {() => void} open */
function watchWord(open) {
  let typed = "";
  let lastMs = 0;
  addEventListener(
    "keydown",
    (event) => {
      const isInField = event.target instanceof Element && event.target.matches(TEXT_FIELDS);
      if (event.key.length !== 1 || isInField) return;
      const before = event.timeStamp - lastMs <= BETWEEN_KEYS_MS ? typed : "";
      typed = (before + event.key.toLowerCase()).slice(-WORD.length);
      lastMs = event.timeStamp;
      if (typed === WORD) open();
    },
    { capture: true },
  );
}
