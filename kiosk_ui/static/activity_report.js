// Telling the stand's service what the visitor is at: what the search is narrowed to, and whether they are elsewhere.

import { post } from "./http.js";

export class ActivityReport {
  #read;
  #told = null;
  #turn = Promise.resolve();

  /** `read` gives the search's query, and whether nothing at the stand may take the screen just now. */
  constructor(read) {
    this.#read = read;
  }

  /** Tell it, if it is news; one after the other, so that the last word is the last to arrive. */
  tell() {
    this.#turn = this.#turn.then(async () => {
      const { query, isElsewhere } = this.#read();
      const whole = new URLSearchParams(query);
      whole.set("elsewhere", isElsewhere ? "1" : "0");
      const news = whole.toString();
      if (news === this.#told) return;
      const response = await post(`/api/v1/stand/attend?${news}`);
      this.#told = response.ok ? news : null;
    });
  }
}
