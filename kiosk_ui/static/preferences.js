// The visitor's language, text size, colours and reach. A change fetches the page again and
// replaces the old words.

import { find, findAll } from "./dom.js";

// Attributes of the root element that the style sheets read.
const ATTRIBUTES = ["text", "contrast", "theme", "reach", "chosen"];

/**
 * Apply a change such as `language=de`; return the new page's document, or null if none arrived.
 *
 * @param {string | URLSearchParams} query
 */
export async function applyPreferences(query) {
  const address = new URLSearchParams(location.search);
  for (const key of ["language", "anew", ...ATTRIBUTES]) address.delete(key);
  for (const [key, value] of new URLSearchParams(query)) address.set(key, value);
  try {
    const response = await fetch(`${location.pathname}?${address}`);
    if (!response.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    replaceWords(page);
    return page;
  } catch {
    return null; // service_status.js shows that the service is away
  }
}

/** @param {Document} page */
function replaceWords(page) {
  const [root, newRoot] = [document.documentElement, page.documentElement];
  root.lang = newRoot.lang;
  for (const name of ATTRIBUTES) {
    if (name in newRoot.dataset) root.dataset[name] = newRoot.dataset[name];
    else delete root.dataset[name];
  }
  document.title = page.title;
  for (const old of document.querySelectorAll(
    "body > .masthead, body > template, #moment, #night, #still",
  )) {
    const same = old.id ? page.getElementById(old.id) : page.querySelector(`.${old.className}`);
    if (same) old.innerHTML = same.innerHTML;
  }
  for (const sheet of document.querySelectorAll(".sheet")) {
    sheet.ariaLabel = page.getElementById(sheet.id)?.ariaLabel ?? sheet.ariaLabel;
  }
  replacePreferencesBars(find(page, "body > .switches", HTMLElement));
}

/**
 * Replace every bar of language and appearance; keep its fold and its focus.
 *
 * @param {HTMLElement} bar
 */
function replacePreferencesBars(bar) {
  for (const old of document.querySelectorAll(".switches")) {
    const fresh = document.importNode(bar, true);
    const fold = find(old, ".look", HTMLDetailsElement);
    find(fresh, ".look", HTMLDetailsElement).open = fold.open;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const order = focused ? [...old.querySelectorAll("button, summary")].indexOf(focused) : -1;
    old.replaceWith(fresh);
    const successor = findAll(fresh, "button, summary", HTMLElement)[order];
    successor?.focus({ preventScroll: true });
  }
}

/** Close the menu of text size and colours, in every bar. */
export function closeAppearanceMenus() {
  for (const menu of findAll(document, ".look[open]", HTMLDetailsElement)) menu.open = false;
}

/** Whether the visitor has chosen any preference, so that there is something to reset. */
export const hasChosen = () => "chosen" in document.documentElement.dataset;
