// When nobody has touched the screen for a while, the next visitor begins anew.

const TOUCHES = ["pointerdown", "keydown", "wheel", "input", "scroll"];

/** Call back after so long without a touch; give what counts as one, such as a print held under the camera. */
export function watchIdle(idleMs, onIdle) {
  let timer = 0;
  const touched = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      onIdle();
      touched();
    }, idleMs);
  };
  for (const touch of TOUCHES) addEventListener(touch, touched, { capture: true, passive: true });
  touched();
  return touched;
}
