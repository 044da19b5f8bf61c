// A visitor's picture: scaled down here, so that little travels and nothing is waited for.

import { FRAGMENT_HEADERS } from "./http.js";

const LONGEST = 1600;
const QUALITY = 0.9;

/** Give the answer's HTML and the size of the picture as it was sent; null when the kiosk could not be reached. */
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

/** Give the picture turned by a right angle, clockwise; as it is where this browser can't read it. */
export async function turned(file) {
  return (await scaled(file, true)).body;
}

/** Give the picture as a small JPEG and its size, or as it is and no size where this browser can't read it. */
async function scaled(file, isTurned = false) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return { body: file, width: 0, height: 0 };
  }
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const [wide, tall] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = isTurned ? [tall, wide] : [wide, tall];
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff"; // transparency lies on white paper
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.imageSmoothingQuality = "high";
  if (isTurned) brush.setTransform(0, 1, -1, 0, tall, 0);
  brush.drawImage(picture, 0, 0, wide, tall);
  picture.close();
  const body = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
  return { body: body ?? file, width: canvas.width, height: canvas.height };
}
