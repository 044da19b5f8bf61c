// A picture that doesn't come leaves an empty mount in its place, as a print has whose picture may not be shown.

/** Watch every print's picture, now and later. */
export function replaceMissingImages() {
  document.addEventListener("error", ({ target }) => target.matches?.("img.print") && target.replaceWith(blank(target.alt)), true); // errors don't bubble
  document.querySelectorAll("img.print").forEach((picture) => {
    if (picture.complete && !picture.naturalWidth) picture.replaceWith(blank(picture.alt)); // failed before anybody watched
  });
}

function blank(name) {
  const mount = document.createElement("span");
  mount.className = "blank";
  if (name) Object.assign(mount, { role: "img", ariaLabel: name });
  return mount;
}
