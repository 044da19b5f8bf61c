// A kiosk has no context menu, no zoom and no way back: block the gestures that lead there.

export function blockGestures() {
  /** @param {Event} event */
  const block = (event) => event.preventDefault();
  const options = { capture: true, passive: false };
  addEventListener("contextmenu", block, options);
  addEventListener("gesturestart", block, options);
  addEventListener("dragstart", block, options);
  addEventListener("wheel", (event) => event.ctrlKey && block(event), options);
  addEventListener("touchmove", (event) => event.touches.length > 1 && block(event), options);
}
