// Outside the museum's opening hours the screen goes dark, until somebody touches it: a lamp in an empty room serves nobody.

export class ClosedScreen {
  #dialog;
  #idleMs;
  #timer = 0;
  #isClosed = false;

  /** `dialog` covers the screen; it comes after `idleMs` without a touch. */
  constructor(dialog, idleMs) {
    this.#dialog = dialog;
    this.#idleMs = idleMs;
    for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => this.#wait(), { capture: true, passive: true });
    // The touch that lights the screen is nobody's press on what lies beneath.
    dialog.addEventListener("click", () => this.light());
    addEventListener("keydown", () => this.light(), { capture: true });
  }

  get isClosed() {
    return this.#isClosed;
  }

  set isClosed(isClosed) {
    if (isClosed === this.#isClosed) return;
    this.#isClosed = isClosed;
    if (isClosed) this.#wait();
    else this.light();
  }

  #wait() {
    clearTimeout(this.#timer);
    if (this.#isClosed) this.#timer = setTimeout(() => this.#dialog.open || this.#dialog.showModal(), this.#idleMs);
  }

  /** Light the screen, for somebody is there. */
  light() {
    this.#dialog.close();
    this.#wait();
  }
}
