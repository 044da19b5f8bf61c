// The live picture with what was seen in it: one bounded request after another, and none while the
// page is hidden.

import { closest, findOrNull } from "./dom.js";
import { HintDisplay } from "./hint_display.js";
import { pause } from "./http.js";
import { Outline } from "./outline.js";
import { fitPicture } from "./stage.js";

/** @import { Stage } from "./stage.js" */

const LEAST_MS = 100;

export class Preview {
  #stage;
  #after = 0;
  /** @type {string | null} */
  #shown = null;
  #outline = new Outline();
  #hints = new HintDisplay();
  isWanted = true;
  onSeen = () => {}; // a print is held, other than the one already recognised

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
  }

  async start() {
    for (;;) {
      const picture = this.#picture;
      if (!picture || document.hidden || !this.isWanted) {
        await pause(200);
        continue;
      }
      const [isServed] = await Promise.all([this.#next(picture), pause(LEAST_MS)]);
      if (!isServed) await pause(1000);
    }
  }

  get #picture() {
    return findOrNull(this.#stage.scene, "[data-preview]", HTMLImageElement);
  }

  /**
   * Show the next picture; return false if the server had none and needs a pause.
   *
   * @param {HTMLImageElement} picture
   */
  async #next(picture) {
    try {
      const response = await fetch(`/api/v1/stand/preview.jpg?after=${this.#after}`);
      if (response.status === 204) return true;
      if (!response.ok) return false;
      this.#after = Number(response.headers.get("X-Frame-Number"));
      const address = URL.createObjectURL(await response.blob());
      await this.#show(picture, address, readObservation(response.headers));
      return true;
    } catch {
      this.#after = 0;
      return false;
    }
  }

  /** @param {HTMLImageElement} picture @param {string} address @param {Observation} observation */
  async #show(picture, address, { points, still, hint }) {
    if (points && hint !== "known") this.onSeen();
    const ready = new Image();
    ready.src = address;
    await ready.decode().catch(() => {});
    const live = this.#picture ?? picture; // the scene may have changed meanwhile
    live.src = address;
    fitPicture(live, ready);
    const glass = closest(live, ".glass", HTMLElement);
    this.#outline.attach(findOrNull(glass, "[data-outline]", SVGSVGElement), ready);
    this.#outline.show(points, still);
    const scene = closest(live, ".scene", HTMLElement);
    this.#hints.show(findOrNull(scene, "[data-guide]", HTMLElement), hint);
    if (this.#shown) setTimeout(URL.revokeObjectURL, 1000, this.#shown);
    this.#shown = address;
  }
}

/**
 * Read what was seen in a picture from the headers of its response.
 *
 * @param {Headers} headers
 * @returns {Observation}
 */
function readObservation(headers) {
  const outline = headers.get("X-Outline");
  const isKnown = headers.has("X-Known");
  return {
    points: outline ? outline.split(",").map(Number) : null,
    still: Number(headers.get("X-Still") ?? 0),
    hint: headers.get("X-Hint") ?? (isKnown ? "known" : outline ? "steady" : null),
  };
}
