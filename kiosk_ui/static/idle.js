// When nobody has touched the screen for a while it is asked whether somebody is there; then the next visitor begins anew.

const TOUCHES = ["pointerdown", "keydown", "wheel", "input", "scroll", "click"];
// What touches the question: a press would close it too early, and its release land on what lies behind.
const ANSWERS = ["keydown", "click"];

/**
 * Watch for touches; give what counts as one, such as a print held under the camera.
 *
 * `ask` puts the question after `idleMs`, `stay` takes it back, `leave` follows `graceMs` after it. Where
 * `isNeeded` says that nothing would be lost, nothing is asked. `rest` follows once nothing is left of a visit.
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
