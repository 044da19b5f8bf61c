// The live picture with what was seen in it: one bounded request after another, and none while the
// page is hidden.

import { closest, findOrNull } from "./dom.js";
import { HintDisplay } from "./hint_display.js";
import { pause } from "./http.js";
import { NextPrint } from "./next_print.js";
import { Outline } from "./outline.js";
import { fitPicture } from "./stage.js";

/** @import { Stage } from "./stage.js" */

const LEAST_MS = 100;
// While an answer is read, the stand is only watched for another print.
const WATCH_MS = 200;

export class Preview {
  #stage;
  #after = 0;
  /** @type {string | null} */
  #shown = null;
  #outline = new Outline();
  #hints = new HintDisplay();
  #nextPrint = new NextPrint();
  isWanted = true;
  onSeen = () => {}; // a print is held, other than the one already recognised

  /** @param {Stage} stage */
  constructor(stage) {
    this.#stage = stage;
  }

  async start() {
    for (;;) {
      const picture = this.#picture;
      const isWatched = picture || this.#stage.hasAnswer;
      if (!isWatched || document.hidden || !this.isWanted) {
        await pause(200);
        continue;
      }
      const wait = pause(picture ? LEAST_MS : WATCH_MS);
      const [isServed] = await Promise.all([this.#next(picture), wait]);
      if (!isServed) await pause(1000);
    }
  }

  get #picture() {
    return findOrNull(this.#stage.scene, "[data-preview]", HTMLImageElement);
  }

  /**
   * Show the next picture; return false if the server had none and needs a pause.
   *
   * @param {HTMLImageElement | null} picture Null while an answer leaves no room for it.
   */
  async #next(picture) {
    try {
      const response = await fetch(`/api/v1/stand/preview.jpg?after=${this.#after}`);
      if (response.status === 204) return true;
      if (!response.ok) return false;
      this.#after = Number(response.headers.get("X-Frame-Number"));
      const observation = readObservation(response.headers);
      const blob = await response.blob();
      this.#nextPrint.follow(this.#stage.hasAnswer ? this.#stage.scene : null, observation);
      const live = this.#picture ?? picture; // the scene may have changed meanwhile
      if (live) await this.#show(live, URL.createObjectURL(blob), observation);
      return true;
    } catch {
      this.#after = 0;
      return false;
    }
  }

  /** @param {HTMLImageElement} picture @param {string} address @param {Observation} observation */
  async #show(picture, address, { points, still, hint, isKnown }) {
    if (points && !isKnown) this.onSeen();
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
    isKnown,
  };
}
