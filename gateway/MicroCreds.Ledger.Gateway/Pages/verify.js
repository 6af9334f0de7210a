// The page works without this script: it spares the reload, takes what is dropped, and reads QR codes. What the server
// answers is escaped there; nothing else is ever made into markup here.
const maxBytes = 12 * 1024 * 1024;
const scanPause = 150;
const linkPatience = 8; // How many more pictures are looked at for something better than a link.
const element = (id) => document.getElementById(id);
const say = (what) => element("form").dataset[what];

function problem(text) {
  element("problem").textContent = text || "";
}

function busy(is) {
  const button = element("verify");
  if (is) button.dataset.name = button.textContent;
  button.disabled = is;
  button.textContent = is ? say("working") : button.dataset.name || button.textContent;
  element("form").setAttribute("aria-busy", String(is));
}

function take(answer) {
  document.title = answer.title;
  document.documentElement.lang = answer.documentElement.lang;
  for (const part of ["main", "languages", "skip"]) {
    const now = document.querySelector(`#${part}, .${part}`);
    const next = answer.querySelector(`#${part}, .${part}`);
    if (now && next) now.replaceWith(document.importNode(next, true));
  }
  bind();
  const result = element("result");
  if (!result) return;
  result.scrollIntoView({ block: "start" });
  result.focus({ preventScroll: true });
}

async function send(data) {
  busy(true);
  problem();
  try {
    const answer = await fetch(element("form").action, { method: "POST", body: data, headers: { Accept: "text/html" } });
    const text = await answer.text();
    if (!(answer.headers.get("Content-Type") || "").startsWith("text/html")) throw new Error(answer.status);
    take(new DOMParser().parseFromString(text, "text/html"));
  } catch {
    busy(false);
    problem(say("noanswer"));
  }
}

function sendText(text) {
  const data = new FormData();
  data.append("lang", document.documentElement.lang);
  data.append("credential", text);
  return send(data);
}

// A paper has two codes: the credential itself, and a link that somebody has to answer. The decoder finds one of a
// picture, so that its parts are looked at, too: left, right, above, below.
const whole = [0, 0, 1, 1];
const parts = [[0, 0, .6, 1], [.4, 0, .6, 1], [0, 0, 1, .6], [0, .4, 1, .6]];
const isLink = (text) => /^https?:/i.test(text);
const best = (codes) => codes.find((code) => code && !isLink(code)) || codes.find((code) => code) || "";

async function codeIn(source, width, height, regions) {
  if ("BarcodeDetector" in window) {
    try {
      const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(source);
      if (found.length) return best(found.map((one) => one.rawValue));
    } catch { /* Some browsers have the class and no detector behind it. */ }
  }
  const { default: decode } = await import("./qr.js");
  let text = "";
  for (const [left, top, wide, high] of regions) {
    const [w, h] = [width * wide, height * high];
    const scale = Math.min(1, 1600 / Math.max(w, h));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(w * scale);
    canvas.height = Math.round(h * scale);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(source, width * left, height * top, w, h, 0, 0, canvas.width, canvas.height);
    try {
      text = best([text, decode(context.getImageData(0, 0, canvas.width, canvas.height))]);
    } catch { /* No code in this part. */ }
    if (text && !isLink(text)) break;
  }
  return text;
}

// A photo need not be sent where the browser can read its code; a badge may carry the credential itself.
async function readPhoto(file) {
  try {
    const picture = await createImageBitmap(file);
    const text = await codeIn(picture, picture.width, picture.height, [whole, ...parts]);
    return text ? new File([text], file.name, { type: "text/plain" }) : file;
  } catch {
    return file; // No picture that this browser can read: the service says what to do.
  }
}

// Phones' own format has no name in many browsers: there the file's tells it.
function isPhoto(file) {
  return file.type.startsWith("image/")
    ? !["image/png", "image/svg+xml"].includes(file.type)
    : /\.(heic|heif|hif|avif)$/i.test(file.name);
}

async function takeFiles(files) {
  if (!files.length) return;
  problem();
  busy(true);
  const data = new FormData();
  data.append("lang", document.documentElement.lang);
  let size = 0;
  for (const file of files) {
    const read = isPhoto(file) ? await readPhoto(file) : file;
    size += read.size;
    data.append("file", read);
  }
  busy(false);
  return size > maxBytes ? problem(say("toolarge")) : send(data);
}

async function scan() {
  const dialog = element("camera");
  const video = element("video");
  problem();
  let stream;
  try {
    // A credential's own code has some hundred lines: with what browsers take by themselves (640 × 480) it is not read.
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
  } catch {
    return problem(say("nocamera"));
  }
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  dialog.addEventListener("close", stop, { once: true });
  dialog.showModal();
  video.srcObject = stream;
  await video.play();
  let link = "";
  for (let seen = 0, since = 0; dialog.open; seen++) {
    const regions = [whole, parts[seen % parts.length]];
    const text = video.videoWidth ? best([await codeIn(video, video.videoWidth, video.videoHeight, regions), link]) : "";
    if (isLink(text)) [link, since] = [text, since + 1];
    if (text && (!isLink(text) || since > linkPatience)) {
      dialog.close();
      return sendText(text);
    }
    await new Promise((resolve) => setTimeout(resolve, scanPause));
  }
}

function bind() {
  const form = element("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isOpening = event.submitter?.name === "open" || event.submitter?.name === "switch";
    if (!isOpening && element("file").files.length) return takeFiles(element("file").files);
    const data = new FormData(form, event.submitter);
    return send(data);
  });
  element("file").addEventListener("change", (event) => takeFiles([...event.target.files]));
  const drop = element("drop");
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  }
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    const text = event.dataTransfer.getData("text/plain");
    if (event.dataTransfer.files.length) takeFiles([...event.dataTransfer.files]);
    else if (text) sendText(text);
  });
  const button = element("scan");
  button.hidden = !navigator.mediaDevices?.getUserMedia;
  button.addEventListener("click", scan);
}

bind();

// A link may carry a credential behind its #, which browsers send to nobody.
if (location.hash.length > 20) {
  const hash = location.hash.slice(1);
  let text = hash;
  try {
    text = decodeURIComponent(hash);
  } catch { /* Not encoded, or cut off: the verdict says what is wrong with it. */ }
  history.replaceState(null, "", location.pathname + location.search);
  sendText(text);
}
