/**
 * Sends each chosen file by itself, with progress, a retry and smaller photos.
 * Without it the same file box is posted with its form.
 */

const { $, say, announce, makeButton } = window.thidua;
const LONG_SIDE = 1600;
const list = $("[data-files]");
const queue = [];
const jobs = new Set();
let current = null;
// The form whose button was pressed while files were on their way; it goes once they are there.
let held = null;

/** A photo with its long side at most 1600 px as JPEG, or the file itself when it is no photo or would not shrink. */
async function reduced(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size < 500000) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.85); });
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg", lastModified: file.lastModified });
  } catch {
    return file;
  }
}

const uniqueId = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** A row for `file` while it is on its way; the server's own row replaces it. */
function makeRow(job) {
  const row = document.createElement("li");
  row.className = "file-row";
  const name = Object.assign(document.createElement("span"), { className: "file-name", textContent: job.file.name });
  const bar = Object.assign(document.createElement("progress"), { max: 100, value: 0 });
  bar.setAttribute("aria-label", job.file.name);
  const state = Object.assign(document.createElement("span"), { className: "file-state" });
  const acts = document.createElement("span");
  row.append(name, bar, state, acts);
  list.append(row);
  return { row, bar, state, acts };
}

function show(job, text, ...buttons) {
  job.view.state.textContent = text;
  job.view.acts.replaceChildren(...buttons);
}

const stopButton = (job) => makeButton(say("stop"), () => { job.request?.abort(); drop(job); });
const retryButton = (job) => makeButton(say("retry"), () => { put(job); });

/** Takes `job` out of the line and removes its row. */
function drop(job) {
  if (queue.includes(job)) queue.splice(queue.indexOf(job), 1);
  jobs.delete(job);
  job.view.row.remove();
  announce(`${job.file.name}: ${say("stopped")}`);
  if (current === job) { current = null; next(); }
  held = null;
}

function put(job) {
  job.waiting = false;
  job.view.bar.hidden = false;
  job.view.state.classList.remove("err");
  queue.push(job);
  show(job, say("waiting"), stopButton(job));
  next();
}

/** The job cannot go on: without network it waits and starts by itself, otherwise it asks for a press. */
function fail(job, text) {
  current = null;
  held = null;
  job.waiting = !text && !navigator.onLine;
  job.view.bar.value = 0;
  show(job, text || say(job.waiting ? "lost" : "failed"), ...(text ? [] : [retryButton(job)]), makeButton(say("drop"), () => drop(job)));
  job.view.bar.hidden = true;
  job.view.state.classList.toggle("err", Boolean(text));
  announce(`${job.file.name}: ${job.view.state.textContent}`);
  next();
}

function answered(job, request) {
  let answer = {};
  try { answer = JSON.parse(request.responseText); } catch { /* a page instead of an answer: said as a failure below */ }
  if (request.status >= 200 && request.status < 300 && answer.html) {
    const holder = document.createElement("template");
    holder.innerHTML = answer.html;
    const row = holder.content.firstElementChild;
    job.view.row.replaceWith(row);
    jobs.delete(job);
    current = null;
    announce(row.textContent.replace(/\s+/g, " "));
    job.input.dispatchEvent(new CustomEvent("thidua:uploaded", { bubbles: true }));
    next();
    letGo();
  } else fail(job, answer.error);
}

/** Sends the form that waited for the files; a file that failed has taken the wish away. */
function letGo() {
  if (!held || current || queue.length) return;
  const { form, submitter } = held;
  held = null;
  form.requestSubmit(submitter);
}

function send(job, file) {
  const body = new FormData();
  body.set("csrf_token", $("input[name=csrf_token]")?.value ?? "");
  body.set("upload_id", job.id);
  if (job.original) body.set("original", "1");
  body.set("file", file, file.name);
  const request = new XMLHttpRequest();
  const started = Date.now();
  job.request = request;
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const part = event.loaded / event.total;
    job.view.bar.value = Math.round(part * 100);
    const seconds = Math.ceil(((Date.now() - started) / 1000) * (1 / part - 1));
    show(job, part < 1 ? say("uploading", { n: Math.round(part * 100), s: seconds }) : say("checking"), stopButton(job));
  });
  request.addEventListener("load", () => answered(job, request));
  request.addEventListener("error", () => fail(job));
  request.addEventListener("timeout", () => fail(job));
  request.open("POST", job.input.dataset.uploadUrl);
  request.setRequestHeader("Accept", "application/json");
  request.setRequestHeader("X-Requested-With", "upload");
  request.timeout = 15 * 60000;
  request.send(body);
}

/** Starts the next file in line; one at a time, because two on a weak signal both time out. */
async function next() {
  if (current || !queue.length) return;
  const job = queue.shift();
  current = job;
  show(job, say("preparing"), stopButton(job));
  const file = job.original ? job.file : await reduced(job.file);
  if (current !== job) return;
  const max = Number(job.input.dataset.maxMb || 20);
  const size = file.size / 1048576;
  if (size > max) {
    fail(job, say("tooBig", { name: file.name, n: size.toFixed(1).replace(".", ","), max }));
    return;
  }
  send(job, file);
}

function chosen(input) {
  const original = Boolean($(`[data-keep-original="${CSS.escape(input.id)}"]`)?.checked);
  for (const file of input.files) {
    const job = { input, file, original, id: uniqueId() };
    job.view = makeRow(job);
    jobs.add(job);
    put(job);
  }
  // The files are on their way: emptied, the box does not send them once more with the form.
  input.value = "";
}

if (list) {
  for (const input of document.querySelectorAll("input[type=file][data-upload-url]")) input.addEventListener("change", () => chosen(input));
  window.addEventListener("online", () => { for (const job of jobs) if (job.waiting) put(job); });
  document.addEventListener("submit", (event) => {
    if ((!current && !queue.length) || event.target.method !== "post" || "signOut" in event.target.dataset) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held = { form: event.target, submitter: event.submitter };
    announce(say("leaving"));
    list.scrollIntoView();
    if (current) current.view.state.textContent = say("leaving");
  }, true);
  window.addEventListener("beforeunload", (event) => { if (current || queue.length) event.preventDefault(); });
}
