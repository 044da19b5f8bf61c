// Reports to the stand's service what the visitor does: the search's filters, and whether they use
// another part of the page.

import { post } from "./http.js";

export class ActivityReport {
  #read;
  /** @type {string | null} */
  #sent = null;
  /** @type {Promise<void>} */
  #queue = Promise.resolve();

  /**
   * @param {() => { query: string, isElsewhere: boolean }} read Returns the search's query, and
   *     whether the visitor does something that the stand must not interrupt now.
   */
  constructor(read) {
    this.#read = read;
  }

  /**
   * Send the activity if it has changed; one request after the other, so that the newest arrives
   * last.
   */
  send() {
    this.#queue = this.#queue.then(async () => {
      const { query, isElsewhere } = this.#read();
      const parameters = new URLSearchParams(query);
      parameters.set("elsewhere", isElsewhere ? "1" : "0");
      const activity = parameters.toString();
      if (activity === this.#sent) return;
      const response = await post(`/api/v1/stand/attend?${activity}`);
      this.#sent = response.ok ? activity : null;
    });
  }
}
