// Wandering through the collection: pages over the stage, with a way back through all of them and one home.

import { FRAGMENT_HEADERS, parseFragment } from "./http.js";

export class BrowsePanel {
  #dialog;
  #trail = [];
  #asked = 0;

  constructor(dialog) {
    this.#dialog = dialog;
    dialog.addEventListener("close", () => this.#forget());
    dialog.addEventListener("cancel", (event) => {
      if (this.#trail.length < 2) return;
      event.preventDefault();
      this.back();
    });
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Go on to a page; the one before is a step back. */
  async open(address) {
    if (this.#trail.at(-1) === address) return;
    if (await this.#show(address)) this.#trail.push(address);
  }

  /** Show another page in this one's place, such as the next of the same prints; what was pressed keeps the focus. */
  async turn(address, kept = null) {
    if (!(await this.#show(address, kept))) return;
    this.#trail.pop();
    this.#trail.push(address);
  }

  async back() {
    const before = this.#trail.at(-2);
    if (!before) return this.close();
    if (await this.#show(before)) this.#trail.pop();
  }

  /** Ask anew for what is shown, as when the language changes. */
  refresh() {
    return this.#show(this.#trail.at(-1));
  }

  close() {
    this.#dialog.close();
  }

  async #show(address, kept = null) {
    const asked = ++this.#asked;
    let html;
    try {
      html = await (await fetch(address, { headers: FRAGMENT_HEADERS })).text();
    } catch {
      return false; // the service is away: the watch over it says so
    }
    const scene = parseFragment(html);
    if (!scene || asked !== this.#asked) return false;
    scene.querySelectorAll('[data-action="again"]').forEach((b) => (b.dataset.action = "back")); // a problem's
    this.#dialog.replaceChildren(scene);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
    const focus = kept && scene.querySelector(`[data-keep="${kept}"]:not(:disabled)`);
    (focus ?? scene.querySelector("h1")).focus({ preventScroll: true });
    return true;
  }

  #forget() {
    this.#asked += 1;
    this.#trail = [];
    this.#dialog.replaceChildren();
  }
}
