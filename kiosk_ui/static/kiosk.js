// The page's composition root: what happens when something is touched, and who may change the stage.

import { watchIdle } from "./idle.js";
import { swallowGestures } from "./gestures.js";
import { Narrowing } from "./narrowing.js";
import { Preview } from "./preview.js";
import { readPrint } from "./reading.js";
import { Stage, fit } from "./stage.js";
import { post } from "./server.js";
import { watchService, watchStand } from "./service.js";
import { sendPicture } from "./upload.js";

const isStand = document.documentElement.dataset.mode === "stand";
const stage = new Stage(document.getElementById("stage"), document.getElementById("announcer"));
const reading = document.getElementById("reading");
const narrowing = new Narrowing(document.getElementById("narrowing"));
const preview = isStand ? new Preview(stage) : null;

// A picture handed in on this page, while its answer is shown; the stand's own state waits behind it.
let own = null;

async function showHome() {
  own?.sending.abort();
  own = null;
  await stage.show(isStand ? "/stand" : "/invite");
}

async function again() {
  if (own || !isStand) return showHome();
  if (stage.name === "problem") return showHome();
  await post("/api/v1/stand/dismiss");
}

async function look() {
  if (own) return ask(own.file);
  stage.acknowledge("look");
  const response = await post(`/api/v1/stand/look${narrowing.query}`);
  if (!response.ok) await stage.show("/stand");
}

async function ask(file) {
  own?.sending.abort();
  const asked = { file, sending: new AbortController() };
  own = asked;
  stage.showTemplate("busy-scene", (scene) => {
    const picture = scene.querySelector("[data-yours]");
    picture.src = URL.createObjectURL(file);
    picture.addEventListener("load", () => {
      fit(picture, picture);
      URL.revokeObjectURL(picture.src);
    }, { once: true });
    picture.addEventListener("error", () => picture.removeAttribute("src"), { once: true });
  });
  const shown = await sendPicture(file, narrowing.query, asked.sending.signal);
  if (own !== asked) return; // somebody went on meanwhile
  if (shown) stage.showHtml(shown);
  else stage.showTemplate("unreachable-scene");
}

function reset() {
  reading.close();
  narrowing.reset();
  if (own) showHome();
  else if (stage.hasAnswer) again();
}

const actions = {
  look,
  again,
  narrow: () => narrowing.open(),
  clear: () => narrowing.clear(),
  close: () => reading.close(),
  done: () => {
    const changed = narrowing.done();
    if (changed && own) ask(own.file);
    else if (changed && isStand && stage.hasAnswer) look();
  },
};

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-action], [data-read]");
  if (!pressed) return;
  if (pressed.dataset.read) readPrint(reading, pressed.dataset.read);
  else actions[pressed.dataset.action]?.();
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-upload]") || !event.target.files.length) return;
  ask(event.target.files[0]);
  event.target.value = "";
});

stage.onChange = () => narrowing.mark();
if (isStand) {
  swallowGestures();
  watchStand((state, isNews) => {
    if (isNews && !own) stage.show("/stand");
    preview.isWanted = state.camera_ready;
  });
  preview.start();
  watchIdle(Number(document.body.dataset.idleS) * 1000, reset);
} else {
  watchService();
}
