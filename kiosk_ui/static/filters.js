// The panel of filters that narrow a search: after every change it asks how many prints remain.

import { closest, closestTarget, find, findAll, findOrNull } from "./dom.js";
import { FRAGMENT_HEADERS, parseFragment } from "./http.js";

const TYPING_MS = 250;

export class FilterPanel {
  #dialog;
  #action;
  #query = "";
  #queryAtOpening = "";
  #requests = 0;
  #timer = 0;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {string} action Names the buttons that open the panel, and show whether filters are set.
   */
  constructor(dialog, action = "narrow") {
    this.#dialog = dialog;
    this.#action = action;
    dialog.addEventListener("input", (event) => this.#onInput(event));
    dialog.addEventListener("click", (event) => this.#onStep(event));
    dialog.addEventListener("submit", (event) => event.preventDefault());
  }

  /** The filters as the query of an address, with its question mark; empty if none is set. */
  get query() {
    return this.#query;
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Open the panel, by default with the filters it had before. */
  async open(query = this.#query) {
    this.#query = query;
    this.#queryAtOpening = this.#query;
    await this.refresh();
    if (!this.#dialog.open && this.#dialog.firstElementChild) this.#dialog.showModal();
  }

  async clear() {
    this.#query = "";
    await this.refresh();
  }

  /** Close the panel; return whether its filters have changed. */
  finish() {
    clearTimeout(this.#timer);
    const form = findOrNull(this.#dialog, "form", HTMLFormElement);
    if (form) this.#query = readQuery(form);
    this.#dialog.close();
    this.updateButtons();
    return this.#query !== this.#queryAtOpening;
  }

  reset() {
    clearTimeout(this.#timer);
    this.#query = "";
    this.#dialog.close();
    this.updateButtons();
  }

  /** Let the buttons that open the panel show whether filters are set. */
  updateButtons() {
    const keys = [...new URLSearchParams(this.#query).keys()];
    const isNarrowed = keys.some((key) => key !== "undated");
    const buttons = `[data-action="${this.#action}"]:has([data-narrowed])`;
    for (const button of findAll(document, buttons, HTMLElement)) {
      find(button, "[data-narrowed]", HTMLElement).hidden = !isNarrowed;
      find(button, "[data-open]", HTMLElement).hidden = isNarrowed;
    }
  }

  /** @param {Event} event */
  #onInput({ target }) {
    if (!(target instanceof HTMLInputElement) || !target.form) return;
    if (target.type === "range") keepOrder(target.form, target);
    this.#query = readQuery(target.form);
    clearTimeout(this.#timer);
    const delay = target.type === "checkbox" ? 0 : TYPING_MS;
    this.#timer = setTimeout(() => this.refresh(), delay);
  }

  /** @param {Event} event */
  #onStep(event) {
    const button = closestTarget(event, "[data-step]", HTMLElement);
    if (!button) return;
    const form = closest(button, "form", HTMLFormElement);
    const slider = input(form, button.dataset.step ?? "");
    if (!slider) return;
    slider.value = String(Number(slider.value) + Number(button.dataset.by));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Fetch the panel again: with other counts, or in another language. */
  async refresh() {
    const request = ++this.#requests;
    let form;
    try {
      const response = await fetch(`/narrowing${this.#query}`, { headers: FRAGMENT_HEADERS });
      form = parseFragment(await response.text());
    } catch {
      return;
    }
    if (request === this.#requests && form instanceof HTMLFormElement) this.#replace(form);
  }

  /**
   * Replace the form, keeping focus, scroll position, folds and what is being typed.
   *
   * @param {HTMLFormElement} form
   */
  #replace(form) {
    const before = findOrNull(this.#dialog, "form", HTMLFormElement);
    const focus = before && selectorOf(document.activeElement);
    const scrolled = before ? find(before, ".facets", HTMLElement).scrollTop : 0;
    for (const open of before ? findAll(before, "details[open]", HTMLDetailsElement) : []) {
      const same = `details[data-fold="${open.dataset.fold}"]`;
      form.querySelector(same)?.setAttribute("open", "");
    }
    const typed = before && input(before, "words");
    const words = input(form, "words");
    if (typed && words) words.value = typed.value;
    this.#dialog.replaceChildren(form);
    find(form, ".facets", HTMLElement).scrollTop = scrolled;
    if (focus) findOrNull(form, focus, HTMLElement)?.focus({ preventScroll: true });
  }
}

/**
 * Return a form's input of a name, or null if it has none or several.
 *
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function input(form, name) {
  const found = form.elements.namedItem(name);
  return found instanceof HTMLInputElement ? found : null;
}

/**
 * Return a selector that finds the same control in a new form, or null if nothing tells it from
 * others.
 *
 * @param {Element | null} element
 */
function selectorOf(element) {
  if (!(element instanceof HTMLElement)) return null;
  const { step, by, action } = element.dataset;
  if (step) return `[data-step="${step}"][data-by="${by}"]`;
  if (action) return `[data-action="${action}"]`;
  if (!(element instanceof HTMLInputElement || element instanceof HTMLButtonElement)) return null;
  if (!element.name) return null;
  const hasValue = ["checkbox", "button"].includes(element.type);
  return `[name="${element.name}"]${hasValue ? `[value="${CSS.escape(element.value)}"]` : ""}`;
}

/**
 * Return the form's filters as a query, without those that filter nothing.
 *
 * @param {HTMLFormElement} form
 */
function readQuery(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const field = input(form, name);
    const isAtRest = field?.type === "range" && value === field.dataset.rest;
    if (name === "undated" || value === "" || isAtRest) continue;
    query.append(name, String(value));
  }
  const undated = input(form, "undated");
  if (undated && !undated.checked) query.set("undated", "0");
  return query.size ? `?${query}` : "";
}

/**
 * Let the other year's slider follow the moved one where they would cross, and show both years.
 *
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} moved
 */
function keepOrder(form, moved) {
  const [from, to] = [input(form, "year_from"), input(form, "year_to")];
  if (!from || !to) return;
  if (Number(from.value) > Number(to.value)) (moved === from ? to : from).value = moved.value;
  for (const slider of [from, to]) {
    find(form, `output[for="${slider.id}"]`, HTMLOutputElement).value = slider.value;
  }
}
