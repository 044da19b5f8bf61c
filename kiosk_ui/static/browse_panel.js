// The panel over the stage for browsing the collection. It has a way back through all visited
// pages, and one home.

import { find, findAll, findOrNull } from "./dom.js";
import { FRAGMENT_HEADERS, parseFragment } from "./http.js";

export class BrowsePanel {
  #dialog;
  /** @type {string[]} */
  #trail = [];
  #requests = 0;

  /** @param {HTMLDialogElement} dialog */
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

  /**
   * Go to a page, one step on from the present one.
   *
   * @param {string} address
   */
  async open(address) {
    if (this.#trail.at(-1) === address) return;
    if (await this.#show(address)) this.#trail.push(address);
  }

  /**
   * Replace the present page, such as by the next of the same list.
   *
   * @param {string} address
   * @param {string} [kept] The `data-keep` of the pressed button, which keeps the focus.
   */
  async turn(address, kept) {
    if (!(await this.#show(address, kept))) return;
    this.#trail.pop();
    this.#trail.push(address);
  }

  async back() {
    const before = this.#trail.at(-2);
    if (!before) return this.close();
    if (await this.#show(before)) this.#trail.pop();
  }

  /** Fetch the present page again, such as in another language. */
  async refresh() {
    const address = this.#trail.at(-1);
    if (address) await this.#show(address);
  }

  close() {
    this.#dialog.close();
  }

  /**
   * Show a page; return whether it arrived and was not overtaken by another request.
   *
   * @param {string} address
   * @param {string} [kept]
   */
  async #show(address, kept) {
    const request = ++this.#requests;
    let html;
    try {
      html = await (await fetch(address, { headers: FRAGMENT_HEADERS })).text();
    } catch {
      return false; // service_status.js shows that the service is away
    }
    const scene = parseFragment(html);
    if (!scene || request !== this.#requests) return false;
    for (const button of findAll(scene, '[data-action="again"]', HTMLElement)) {
      button.dataset.action = "back"; // an error's button
    }
    this.#dialog.replaceChildren(scene);
    if (!this.#dialog.open) this.#dialog.showModal();
    this.#dialog.scrollTop = 0;
    const keeps = kept && findOrNull(scene, `[data-keep="${kept}"]:not(:disabled)`, HTMLElement);
    (keeps || find(scene, "h1", HTMLElement)).focus({ preventScroll: true });
    return true;
  }

  #forget() {
    this.#requests += 1;
    this.#trail = [];
    this.#dialog.replaceChildren();
  }
}
