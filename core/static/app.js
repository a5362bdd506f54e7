/**
 * What every page gains from JavaScript: autosave, one submit per form, countdown, network banner, counters.
 * Every page works without this file. Shared functions are offered to the page modules as `window.thidua`,
 * because an import would load this file a second time under an address without its version.
 */

const root = document.documentElement;
const texts = document.getElementById("texts")?.dataset ?? {};
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const shared = "sharedDevice" in root.dataset;
const PREFIX = "thidua:draft:";

/** The sentence `key` of the catalogue with its {places} filled. */
function say(key, values = {}) {
  return (texts[key] ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Speaks `text` to screen readers without showing it. */
function announce(text) {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = text;
  setTimeout(() => { if (live.textContent === text) live.textContent = ""; }, 8000);
}

/** True while an input method is still composing; 229 is what browsers send for keys the method has taken. */
function composing(event) {
  return event.isComposing || event.keyCode === 229;
}

/** Runs `act` once, `wait` ms after the last call. */
function debounce(act, wait) {
  let timer;
  return (...facts) => { clearTimeout(timer); timer = setTimeout(() => act(...facts), wait); };
}

/** Text without marks and case, with đ as d, as the server folds it. */
function fold(text) {
  return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d");
}

/** A typed Vietnamese number as an integer of thousandths, or null; integers keep sums exact. */
function thousandths(text) {
  const clean = text.trim().replace(",", ".");
  if (!/^\d+(\.\d{1,3})?$/.test(clean)) return null;
  const [whole, part = ""] = clean.split(".");
  return Number(whole) * 1000 + Number(part.padEnd(3, "0"));
}

/** Thousandths as a Vietnamese number: 8500 → «8,5». */
function number(value) {
  return String(value / 1000).replace(".", ",");
}

/** A small button of the page's own look. */
function makeButton(text, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-secondary button-small";
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

/* Storage may be full, forbidden or absent inside other apps' browsers; then nothing is kept and the page says so. */
const store = {
  read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch { return false; } },
  drop(key) { try { localStorage.removeItem(key); } catch { /* nothing was kept */ } },
  keys() { try { return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; } },
  clear() { this.keys().forEach((key) => this.drop(key)); },
};

/* ---- Network banner ---- */

const banner = $("[data-net]");
function showBanner(text, button) {
  if (!banner) return;
  banner.hidden = !text;
  banner.replaceChildren(text ?? "", ...(button ? [button] : []));
}
const offlineText = () => say(shared ? "offlineShared" : "offline");
window.addEventListener("offline", () => showBanner(offlineText()));
window.addEventListener("online", () => showBanner(null));
if (!navigator.onLine) showBanner(offlineText());

/* ---- Autosave ---- */

/** The fields of `form` that may be saved and kept: pairs of name and text. */
function answers(form) {
  const secret = new Set($$("input[type=password], input[type=file]", form).map((input) => input.name));
  return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !secret.has(name) && name !== "form_key");
}

/** The answers as one comparable text, without the tokens that change on every page view. */
function fingerprint(pairs) {
  return JSON.stringify(pairs.filter(([name]) => name !== "csrf_token" && name !== "revision"));
}

/** Puts `pairs` back into `form`; fields that are not named there are emptied. */
function fill(form, pairs) {
  const values = new Map();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  for (const input of form.elements) {
    if (!input.name || /^(hidden|submit|button|file|password)$/.test(input.type)) continue;
    const given = values.get(input.name) ?? [];
    if (input.type === "checkbox" || input.type === "radio") input.checked = given.includes(input.value);
    else if (input.multiple && input.options) for (const option of input.options) option.selected = given.includes(option.value);
    else input.value = given.shift() ?? "";
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

const savers = [];

class Saver {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.key = PREFIX + (root.dataset.user ?? "") + ":" + this.url;
    this.status = $("[data-autosave-status]", form) ?? $("[data-autosave-status]");
    this.saved = fingerprint(answers(form));
    this.busy = this.stopped = false;
    this.keepSoon = debounce(() => this.keep(), 300);
    this.saveSoon = debounce(() => this.save(), 2000);
    form.addEventListener("input", () => { this.keepSoon(); this.saveSoon(); });
    form.addEventListener("change", () => { this.keepSoon(); this.saveSoon(); });
    form.addEventListener("focusout", () => this.save());
    this.offer();
  }

  get dirty() { return !this.stopped && fingerprint(answers(this.form)) !== this.saved; }

  tell(text, ...buttons) { this.status?.replaceChildren(text, ...buttons.flatMap((button) => [" ", button])); }

  /** Keeps what is typed on this device until the server has it. */
  keep() {
    if (shared || !this.dirty) return;
    const clock = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit", hour12: false });
    store.write(this.key, { pairs: answers(this.form).filter(([name]) => name !== "csrf_token"), at: Date.now(), clock, url: this.url, sheet: "score" in this.form.dataset });
  }

  /** Puts a question with two answers at the head of the form; it goes once answered. */
  ask(text, take, keep) {
    const box = Object.assign(document.createElement("div"), { className: "notice notice-warn ask" });
    const acts = Object.assign(document.createElement("div"), { className: "acts" });
    const line = Object.assign(document.createElement("p"), { textContent: text });
    acts.append(makeButton(say("take"), () => { box.remove(); take(); }), makeButton(say("keep"), () => { box.remove(); keep(); }));
    box.append(line, acts);
    this.form.prepend(box);
    announce(text);
  }

  /** Offers the copy that an earlier visit could not send. */
  offer() {
    const copy = store.read(this.key);
    if (!copy) return;
    if (shared || fingerprint(copy.pairs) === this.saved) { store.drop(this.key); return; }
    this.ask(say("kept", { time: copy.clock }), () => { fill(this.form, copy.pairs); this.save(); }, () => store.drop(this.key));
  }

  /** Sends the form if it changed; one request at a time, the last state wins. */
  async save(leaving = false) {
    if (this.busy) { this.again = true; return; }
    if (!this.dirty || this.asking) return;
    this.keep();
    const pairs = answers(this.form);
    const sent = fingerprint(pairs);
    this.busy = true;
    if (!leaving) this.tell(say("saving"));
    try {
      const reply = await fetch(this.url, {
        method: "POST", body: new URLSearchParams(pairs), keepalive: leaving, credentials: "same-origin",
        headers: { Accept: "application/json", "X-Requested-With": "autosave" },
      });
      if (reply.status === 409) this.conflict((await reply.json()).newer ?? {});
      else if (!reply.ok || reply.redirected) throw new Error(reply.status);
      else this.done(await reply.json(), sent);
    } catch {
      this.tell(say(shared ? "unsavedShared" : "unsaved"));
      setTimeout(() => this.save(), 20000);
    }
    this.busy = false;
    if (this.waiting) { this.go(); return; }
    if (this.again) { this.again = false; this.save(); }
  }

  /** Sends the form itself once the save that is under way has answered: its revision is stale until then. */
  after(act) {
    this.waiting = act;
    setTimeout(() => this.go(), 8000);
  }

  go() {
    const act = this.waiting;
    this.waiting = null;
    this.again = false;
    act?.();
  }

  setRevision(revision) {
    const input = this.form.elements.revision;
    if (input && revision !== undefined) input.value = revision;
  }

  done(answer, sent) {
    this.saved = sent;
    this.setRevision(answer.revision);
    if (!this.dirty) store.drop(this.key);
    this.tell(say("saved", { time: answer.saved_at }));
    this.form.dispatchEvent(new CustomEvent("thidua:saved", { bubbles: true }));
  }

  /** Another device saved first: the person chooses, nothing is overwritten silently. */
  conflict(newer) {
    const time = newer.saved_at ?? "";
    this.asking = true;
    this.tell(say("unsaved"));
    this.ask(say("newer", { time }), () => {
      store.drop(this.key);
      if (!newer.fields) { this.stopped = true; location.reload(); return; }
      this.setRevision(newer.revision);
      fill(this.form, Object.entries(newer.fields).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)])));
      this.saved = fingerprint(answers(this.form));
      this.asking = false;
      this.tell(say("saved", { time }));
    }, () => { this.asking = false; this.setRevision(newer.revision); this.save(); });
  }

  /** Marks the copy as sent; the next page that arrives removes it, a page that never arrives leaves it. */
  submitted() {
    this.keep();
    this.stopped = true;
    const copy = store.read(this.key);
    if (copy) store.write(this.key, { ...copy, sent: true });
  }
}

/** Starts autosave on `form` and returns its Saver. */
function autosave(form) {
  const saver = new Saver(form);
  savers.push(saver);
  return saver;
}

if (shared) store.clear();
$$("form[data-autosave]").forEach(autosave);
for (const key of store.keys()) if (store.read(key)?.sent && !savers.some((saver) => saver.key === key)) store.drop(key);
window.addEventListener("online", () => savers.forEach((saver) => saver.save()));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") savers.forEach((saver) => { saver.keep(); saver.save(true); });
});
$$("form[data-sign-out]").forEach((form) => form.addEventListener("submit", () => { savers.forEach((saver) => { saver.stopped = true; }); store.clear(); }));

/* ---- One submit per form ---- */

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  if (!navigator.onLine && !("offlineOk" in form.dataset)) {
    event.preventDefault();
    savers.forEach((saver) => saver.keep());
    showBanner(say("offlineSend"));
    return;
  }
  const saving = savers.find((saver) => saver.form === form && saver.busy);
  if (saving) {
    event.preventDefault();
    const { submitter } = event;
    saving.after(() => { saving.busy = false; form.requestSubmit(submitter); });
    return;
  }
  savers.filter((saver) => saver.form === form).forEach((saver) => saver.submitted());
  if ("noGuard" in form.dataset) return;
  form.dataset.sent = "1";
  const button = event.submitter;
  const label = button && ($("span", button) ?? button);
  const before = label?.textContent;
  if (button) { button.setAttribute("aria-disabled", "true"); label.textContent = say("sending"); }
  const free = () => {
    delete form.dataset.sent;
    savers.filter((saver) => saver.form === form).forEach((saver) => { saver.stopped = false; });
    if (button) { button.removeAttribute("aria-disabled"); label.textContent = before; }
  };
  // A lost connection leaves the page standing; the one-time form key makes a second press harmless.
  setTimeout(free, 15000);
  window.addEventListener("pageshow", (shown) => { if (shown.persisted) free(); }, { once: true });
});

/* ---- Errors first ---- */

const summary = $("[data-error-summary]");
if (summary) {
  summary.focus();
  summary.addEventListener("click", (event) => {
    const target = event.target.closest("a") && document.getElementById(decodeURIComponent(event.target.closest("a").hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    (target.closest(".field, .criterion") ?? target).scrollIntoView();
    target.focus({ preventScroll: true });
  });
}

/* ---- Countdown, by the server's clock ---- */

const skew = root.dataset.now ? Date.parse(root.dataset.now) - Date.now() : 0;
const now = () => Date.now() + skew;

/** «còn …» for `left` milliseconds: days above 48 hours, then hours and minutes, minutes in the last hour. */
function remaining(left) {
  if (left <= 0) return say("over");
  const minutes = Math.ceil(left / 60000);
  if (left > 48 * 3600000) return say("days", { n: Math.floor(left / 86400000) });
  if (minutes > 60) return say("hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
  return say("minutes", { m: minutes });
}

const clocks = $$("[data-deadline]");
function tick() {
  const spoken = new Set();
  for (const clock of clocks) {
    const left = Date.parse(clock.dataset.deadline) - now();
    const text = remaining(left);
    if (clock.textContent !== text) clock.textContent = text;
    const minutes = Math.ceil(left / 60000);
    // Spoken only when an hour, a quarter and five minutes are left, not on arrival.
    if (clock.dataset.left && [60, 15, 5].includes(minutes) && Number(clock.dataset.left) > minutes) spoken.add(text);
    clock.dataset.left = minutes;
  }
  if (spoken.size) announce([...spoken].join(". "));
}
if (clocks.length) { tick(); setInterval(tick, 15000); }
if (new Date().getTimezoneOffset() !== -420) $$("[data-zone-note]").forEach((note) => { note.hidden = false; });

/* ---- End of the session ---- */

function watchSession() {
  const ends = Date.parse(root.dataset.sessionEnds);
  if (!ends || !root.dataset.keepAlive) return;
  setTimeout(() => {
    showBanner(say("ending"), makeButton(say("stay"), async () => {
      const body = new URLSearchParams({ csrf_token: $("input[name=csrf_token]")?.value ?? "" });
      const reply = await fetch(root.dataset.keepAlive, { method: "POST", body }).catch(() => null);
      if (!reply?.ok) return;
      showBanner(null);
      root.dataset.sessionEnds = new Date(now() + (ends - loaded)).toISOString();
      watchSession();
    }));
  }, Math.min(Math.max(ends - now() - 120000, 0), 2 ** 31 - 1));
}
const loaded = now();
watchSession();

/* ---- Small helps ---- */

root.classList.add("js");
$$("[data-needs-js]").forEach((part) => { part.hidden = false; });

async function copy(button, text) {
  try { await navigator.clipboard.writeText(text); } catch {
    const box = Object.assign(document.createElement("textarea"), { value: text });
    button.after(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  const label = $("span", button) ?? button;
  const before = button.dataset.label ??= label.textContent;
  label.textContent = say("copied");
  announce(say("copied"));
  setTimeout(() => { label.textContent = before; }, 3000);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button");
  if (!button) return;
  const { copy: text, shareUrl, shareTitle, openDialog } = button.dataset;
  if (text !== undefined) copy(button, text);
  else if (shareUrl) {
    const url = new URL(shareUrl, location.href).href;
    if (navigator.share) navigator.share({ title: shareTitle, url }).catch((problem) => { if (problem.name !== "AbortError") copy(button, url); });
    else copy(button, url);
  } else if ("print" in button.dataset) window.print();
  else if (openDialog) document.getElementById(openDialog)?.showModal();
});

document.addEventListener("change", (event) => {
  const box = event.target.closest?.("[data-show-password]");
  const input = box && document.getElementById(box.dataset.showPassword);
  if (input) input.type = box.checked ? "text" : "password";
});

const sayLong = debounce(announce, 1000);
function count(input) {
  const counter = $(`[data-counter-for="${CSS.escape(input.id)}"]`);
  if (!counter) return;
  const max = Number(input.dataset.max);
  const used = [...input.value.normalize("NFC")].length;
  counter.textContent = used > max ? `${used}/${max} · ${say("long", { n: max })}` : `${used}/${max}`;
  counter.classList.toggle("err", used > max);
  if (used > max) sayLong(counter.textContent);
}

function addShares(group) {
  const { shareTotal, shareUnit = "" } = group.dataset;
  const sum = $$("[data-share]", group).reduce((all, input) => all + (thousandths(input.value.replace("%", "")) ?? 0), 0);
  const output = $("[data-share-sum]", group);
  if (!output) return;
  output.textContent = say("sum", { sum: number(sum) + shareUnit, total: shareTotal + shareUnit });
  output.classList.toggle("err", sum !== thousandths(shareTotal));
}

/** Shows a part only while its condition «name=value|value» holds; what was typed there stays. */
function condition(part) {
  const [name, wanted] = part.dataset.showIf.split("=");
  const chosen = new FormData(part.closest("form")).getAll(name).filter(Boolean);
  part.hidden = !(wanted === undefined ? chosen.length : wanted.split("|").some((value) => chosen.includes(value)));
}

const conditional = $$("form [data-show-if]").filter((part) => !$(".has-error", part) && !part.classList.contains("has-error"));
function refresh(within = document) {
  $$("[data-max]", within).forEach(count);
  $$("[data-share-total]", within).forEach(addShares);
  conditional.forEach(condition);
}
refresh();
document.addEventListener("input", (event) => {
  const input = event.target;
  if (input.matches("form")) return refresh(input);
  if (input.dataset.max) count(input);
  const group = input.closest("[data-share-total]");
  if (group) addShares(group);
});
document.addEventListener("change", () => conditional.forEach(condition));

/** Suggestions from the server; the typed text is never rewritten, the browser's own list offers them. */
const suggest = debounce(async (input) => {
  const asked = input.value.trim();
  if (asked.length < 2) return;
  const url = new URL(input.dataset.suggest, location.href);
  url.searchParams.set("q", asked);
  const found = await fetch(url, { headers: { Accept: "application/json" } }).then((reply) => (reply.ok ? reply.json() : []), () => []);
  if (input.value.trim() !== asked) return;
  input.list?.replaceChildren(...found.map((one) => Object.assign(document.createElement("option"), one.value === undefined ? { value: one } : one)));
}, 300);
$$("[data-suggest]").forEach((input) => input.addEventListener("input", () => suggest(input)));

/** Follows a job until it stops running: every 2 s at first, then slower up to 10 s. */
async function follow(box, wait = 2000) {
  await new Promise((wake) => { setTimeout(wake, wait); });
  const job = document.hidden ? null : await fetch(box.dataset.job, { headers: { Accept: "application/json" } }).then((reply) => (reply.ok ? reply.json() : null), () => null);
  if (job && job.state !== "running") { location.reload(); return; }
  if (job) {
    const bar = $("progress", box);
    bar.max = job.total || 1;
    bar.value = job.done;
    const line = $("[data-job-text]", box);
    if (line && line.textContent !== job.text) line.textContent = job.text;
  }
  follow(box, Math.min(wait * 1.25, 10000));
}
$$("[data-job]").forEach((box) => follow(box));

$$("[data-refresh]").forEach((part) => setInterval(async () => {
  if (document.hidden || part.contains(document.activeElement)) return;
  const reply = await fetch(part.dataset.refresh).catch(() => null);
  if (reply?.ok && !reply.redirected) part.innerHTML = await reply.text();
}, Number(part.dataset.refreshSeconds ?? 30) * 1000));

window.thidua = { $, $$, say, announce, composing, debounce, fold, thousandths, number, makeButton, store, shared, savers, PREFIX };
