// After a while without a touch the screen asks whether the visitor is still there, and then resets
// for the next one.

const TOUCHES = ["pointerdown", "keydown", "wheel", "input", "scroll", "click"];
// Touches that answer the question: a press would close it too early, and its release would reach
// what lies behind.
const ANSWERS = ["keydown", "click"];

/**
 * Watch for touches; return a function that counts as one, such as for a print held under the
 * camera.
 *
 * @param {object} options
 * @param {number} options.idleMs Time without a touch until the question.
 * @param {number} options.graceMs Time from the question until the reset.
 * @param {() => boolean} options.isNeeded Whether a reset would lose anything; otherwise nothing is
 *     asked.
 * @param {() => void} options.ask Shows the question.
 * @param {() => void} options.stay Takes the question back.
 * @param {() => void} options.leave Resets the page.
 * @param {() => void} options.rest Follows once nothing is left of the visit.
 */
export function watchIdle({ idleMs, graceMs, isNeeded, ask, stay, leave, rest }) {
  let timer = 0;
  let isAsking = false;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(idle, idleMs);
  };
  const expire = () => {
    isAsking = false;
    stay();
    leave();
    rest();
    wait();
  };
  const idle = () => {
    if (!isNeeded()) {
      rest();
      return wait();
    }
    isAsking = true;
    ask();
    timer = setTimeout(expire, graceMs);
  };
  /** @param {Event} [event] */
  const touched = (event) => {
    if (isAsking && event && !ANSWERS.includes(event.type)) return;
    if (isAsking) stay();
    isAsking = false;
    wait();
  };
  for (const touch of TOUCHES) addEventListener(touch, touched, { capture: true, passive: true });
  wait();
  return () => touched();
}
