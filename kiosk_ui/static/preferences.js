// The reader's language, text and colours: the page is fetched anew and its words put in the old one's place.

const LOOKS = ["text", "contrast", "theme", "reach", "chosen"];

/** Ask for the page with a change, such as `language=de`; give the new page's document, or null where none came. */
export async function applyPreferences(query) {
  const address = new URLSearchParams(location.search);
  for (const key of ["language", "anew", ...LOOKS]) address.delete(key);
  for (const [key, value] of new URLSearchParams(query)) address.set(key, value);
  try {
    const response = await fetch(`${location.pathname}?${address}`);
    if (!response.ok) return null;
    const anew = new DOMParser().parseFromString(await response.text(), "text/html");
    replace(anew);
    return anew;
  } catch {
    return null; // the watch over the service says that it is away
  }
}

function replace(anew) {
  const root = document.documentElement;
  root.lang = anew.documentElement.lang;
  for (const look of LOOKS) {
    if (look in anew.documentElement.dataset) root.dataset[look] = anew.documentElement.dataset[look];
    else delete root.dataset[look];
  }
  document.title = anew.title;
  for (const old of document.querySelectorAll("body > .masthead, body > template, #moment, #night, #still")) {
    const same = old.id ? anew.getElementById(old.id) : anew.querySelector(`.${old.className}`);
    if (same) old.innerHTML = same.innerHTML;
  }
  for (const sheet of document.querySelectorAll(".sheet")) {
    sheet.ariaLabel = anew.getElementById(sheet.id)?.ariaLabel ?? sheet.ariaLabel;
  }
  replacePreferencesBar(anew.querySelector("body > .switches"));
}

/** Put the new switches in the old ones' place, wherever they are: the same fold, the same focus. */
export function replacePreferencesBar(switches) {
  for (const old of document.querySelectorAll(".switches")) {
    const fresh = document.importNode(switches, true);
    fresh.querySelector(".look").open = old.querySelector(".look").open;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const order = focused ? [...old.querySelectorAll("button, summary")].indexOf(focused) : -1;
    old.replaceWith(fresh);
    if (order >= 0) fresh.querySelectorAll("button, summary")[order]?.focus({ preventScroll: true });
  }
}

/** Whether the reader has chosen any of it: there is something to reset. */
export const hasChosen = () => "chosen" in document.documentElement.dataset;
