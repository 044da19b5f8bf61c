// A visitor's picture, scaled down in the browser, so that little is sent and the answer comes
// sooner.

import { FRAGMENT_HEADERS } from "./http.js";

const LONGEST = 1600; // pixels
const QUALITY = 0.9;

/**
 * Send a picture; return the answer's HTML and the sent picture's size in pixels (0 if unknown).
 *
 * @param {Blob} file
 * @param {string} query Filters and corners: empty, or with its question mark.
 * @param {AbortSignal} signal
 * @returns The answer, or null if the kiosk can't be reached.
 */
export async function sendPicture(file, query, signal) {
  try {
    const { body, ...size } = await scaled(file);
    const response = await fetch(`/answer${query}`, {
      method: "POST",
      body,
      headers: { ...FRAGMENT_HEADERS, "Content-Type": body.type || "application/octet-stream" },
      signal,
    });
    return { html: await response.text(), ...size };
  } catch {
    return null;
  }
}

/**
 * Return the picture turned clockwise by a right angle, or unchanged if this browser can't decode
 * it.
 *
 * @param {Blob} file
 */
export async function turned(file) {
  return (await scaled(file, true)).body;
}

/**
 * Return the picture as a small JPEG with its size, or unchanged with size 0 if this browser can't
 * decode it.
 *
 * @param {Blob} file
 */
async function scaled(file, isTurned = false) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return { body: file, width: 0, height: 0 };
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const [wide, tall] = [picture.width, picture.height].map((side) =>
    Math.max(1, Math.round(side * scale)),
  );
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = isTurned ? [tall, wide] : [wide, tall];
  const context = canvas.getContext("2d");
  if (!context) throw new TypeError("canvas: expected a 2d context, found none");
  context.fillStyle = "#fff"; // transparency becomes white paper
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  if (isTurned) context.setTransform(0, 1, -1, 0, tall, 0);
  context.drawImage(picture, 0, 0, wide, tall);
  picture.close();
  /** @type {Blob | null} */
  const body = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return { body: body ?? file, width: canvas.width, height: canvas.height };
}
