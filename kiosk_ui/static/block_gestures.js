// A kiosk has no context menu, no zoom and no way back: swallow the gestures that would find them.

export function blockGestures() {
  const swallow = (event) => event.preventDefault();
  const options = { capture: true, passive: false };
  addEventListener("contextmenu", swallow, options);
  addEventListener("gesturestart", swallow, options);
  addEventListener("dragstart", swallow, options);
  addEventListener("wheel", (event) => event.ctrlKey && swallow(event), options);
  addEventListener("touchmove", (event) => event.touches.length > 1 && swallow(event), options);
}
