// Outside the museum's opening hours the screen goes dark after a while without a touch. A touch
// lights it again.

export class ClosedScreen {
  #dialog;
  #idleMs;
  #timer = 0;
  #isClosed = false;

  /**
   * @param {HTMLDialogElement} dialog Covers the screen.
   * @param {number} idleMs How long without a touch before it opens.
   */
  constructor(dialog, idleMs) {
    this.#dialog = dialog;
    this.#idleMs = idleMs;
    for (const touch of ["pointerdown", "keydown"]) {
      addEventListener(touch, () => this.#wait(), { capture: true, passive: true });
    }
    // On click rather than on touch, so that the same touch presses nothing below.
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
    if (this.#isClosed) this.#timer = setTimeout(() => this.#darken(), this.#idleMs);
  }

  #darken() {
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  /** Light the screen, and wait again for the time without a touch. */
  light() {
    this.#dialog.close();
    this.#wait();
  }
}
