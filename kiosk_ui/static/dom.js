// Finds elements by selector and type. A mistake in a template fails here, with the selector in the
// message.

/**
 * Return the element with an id; throw if the page has none of this type.
 *
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} type
 */
export function byId(id, type) {
  return find(document, `#${id}`, type);
}

/**
 * Return the first match below `root`; throw if there is none of this type.
 *
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 */
export function find(root, selector, type) {
  return required(root.querySelector(selector), selector, type);
}

/**
 * Return the first match below `root`, or null if there is none of this type.
 *
 * @template {Element} T
 * @param {ParentNode | null | undefined} root
 * @param {string} selector
 * @param {new () => T} type
 */
export function findOrNull(root, selector, type) {
  const found = root?.querySelector(selector);
  return found instanceof type ? found : null;
}

/**
 * Return all matches below `root` that are of this type.
 *
 * @template {Element} T
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} type
 */
export function findAll(root, selector, type) {
  const found = [...root.querySelectorAll(selector)].filter((each) => each instanceof type);
  return /** @type {T[]} */ (found);
}

/**
 * Return the nearest match among an element and its ancestors; throw if there is none.
 *
 * @template {Element} T
 * @param {Element} element
 * @param {string} selector
 * @param {new () => T} type
 */
export function closest(element, selector, type) {
  return required(element.closest(selector), selector, type);
}

/**
 * Return the nearest match among an event's target and its ancestors, or null.
 *
 * @template {Element} T
 * @param {Event} event
 * @param {string} selector
 * @param {new () => T} type
 */
export function closestTarget(event, selector, type) {
  const found = event.target instanceof Element ? event.target.closest(selector) : null;
  return found instanceof type ? found : null;
}

/**
 * @template {Element} T
 * @param {Element | null} found
 * @param {string} selector
 * @param {new () => T} type
 */
function required(found, selector, type) {
  if (found instanceof type) return found;
  throw new TypeError(`${selector}: expected ${type.name}, found ${found?.tagName ?? "nothing"}`);
}
