// When nobody has touched the screen for a while, the next visitor begins anew.

const TOUCHES = ["pointerdown", "keydown", "wheel", "input", "scroll"];

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
}
