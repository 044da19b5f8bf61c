// The panel that narrows a search: every change asks how many prints remain.

import { FRAGMENT_HEADERS, parseFragment } from "./http.js";

const TYPING_MS = 250;

export class FilterPanel {
  #dialog;
  #action;
  #query = "";
  #opened = "";
  #asked = 0;
  #timer = 0;

  /** `action` names the buttons that open it, and say whether the search is narrowed. */
  constructor(dialog, action = "narrow") {
    this.#dialog = dialog;
    this.#action = action;
    dialog.addEventListener("input", (event) => this.#onInput(event));
    dialog.addEventListener("click", (event) => this.#onStep(event));
    dialog.addEventListener("submit", (event) => event.preventDefault());
  }

  /** What is chosen, as the query of an address; empty when nothing is. */
  get query() {
    return this.#query;
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Open it; with another query than the one before where one is given. */
  async open(query = this.#query) {
    this.#query = query;
    this.#opened = this.#query;
    await this.#refresh();
    if (!this.#dialog.open && this.#dialog.firstElementChild) this.#dialog.showModal();
  }

  /** Ask anew what is shown, as when the language changes. */
  refresh() {
    return this.#refresh();
  }

  async clear() {
    this.#query = "";
    await this.#refresh();
  }

  /** Close the panel and say whether something else is chosen than before. */
  done() {
    clearTimeout(this.#timer);
    const form = this.#dialog.querySelector("form");
    if (form) this.#query = read(form);
    this.#dialog.close();
    this.mark();
    return this.#query !== this.#opened;
  }

  reset() {
    clearTimeout(this.#timer);
    this.#query = "";
    this.#dialog.close();
    this.mark();
  }

  /** Let the stage's button say whether the search is narrowed. */
  mark() {
    const isNarrowed = [...new URLSearchParams(this.#query).keys()].some((key) => key !== "undated");
    document.querySelectorAll(`[data-action="${this.#action}"]:has([data-narrowed])`).forEach((button) => {
      button.querySelector("[data-narrowed]").hidden = !isNarrowed;
      button.querySelector("[data-open]").hidden = isNarrowed;
    });
  }

  #onInput(event) {
    const form = event.target.form;
    if (event.target.type === "range") keepOrder(form, event.target);
    this.#query = read(form);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), event.target.type === "checkbox" ? 0 : TYPING_MS);
  }

  #onStep(event) {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const slider = button.closest("form").elements[button.dataset.step];
    slider.value = Number(slider.value) + Number(button.dataset.by);
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async #refresh() {
    const asked = ++this.#asked;
    let form;
    try {
      form = parseFragment(await (await fetch(`/narrowing${this.#query}`, { headers: FRAGMENT_HEADERS })).text());
    } catch {
      return;
    }
    if (asked !== this.#asked || form?.tagName !== "FORM") return;
    this.#replace(form);
  }

  /** Put the new form in the old one's place: same focus, same scroll, same folds. */
  #replace(form) {
    const before = this.#dialog.querySelector("form");
    const focus = before && selectorOf(document.activeElement);
    const scrolled = before?.querySelector(".facets").scrollTop ?? 0;
    before?.querySelectorAll("details[open]").forEach((open) => {
      form.querySelector(`details[data-fold="${open.dataset.fold}"]`)?.setAttribute("open", "");
    });
    const typed = before?.elements.words;
    if (typed && form.elements.words) form.elements.words.value = typed.value;
    this.#dialog.replaceChildren(form);
    form.querySelector(".facets").scrollTop = scrolled;
    if (focus) form.querySelector(focus)?.focus({ preventScroll: true });
  }
}

/** Give what finds the same control in a form made anew. */
function selectorOf(element) {
  const { step, by, action } = element.dataset;
  if (step) return `[data-step="${step}"][data-by="${by}"]`;
  if (action) return `[data-action="${action}"]`;
  if (!element.name) return null;
  const value = ["checkbox", "button"].includes(element.type) ? `[value="${CSS.escape(element.value)}"]` : "";
  return `[name="${element.name}"]${value}`;
}

/** Give the form's choices as a query; what says nothing is left out. */
function read(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const field = form.elements[name];
    if (name === "undated" || value === "" || (field.type === "range" && value === field.dataset.rest)) continue;
    query.append(name, value);
  }
  if (form.elements.undated && !form.elements.undated.checked) query.set("undated", "0");
  return query.size ? `?${query}` : "";
}

function keepOrder(form, moved) {
  const { year_from: from, year_to: to } = form.elements;
  if (Number(from.value) > Number(to.value)) (moved === from ? to : from).value = moved.value;
  for (const slider of [from, to]) form.querySelector(`output[for="${slider.id}"]`).value = slider.value;
}
