/**
 * The keyboard of the score sheet: a digit picks a level, Enter moves on, Ctrl+Enter is done.
 * Totals here only guide the judge; the server computes the score.
 */

const { $, $$, say, composing, thousandths, number, store, shared, savers, PREFIX } = window.thidua;
const SWITCH = "thidua:score-keys";

const form = $("form[data-score]");
const criteria = form ? $$("[data-criterion]", form).map((part) => ({
  part,
  title: part.dataset.title,
  max: part.dataset.maxPoints,
  levels: $$("input[type=radio]", part),
  points: $("[data-points]", part),
  error: $("[data-points-error]", part),
})) : [];

const isFixed = (level) => level.dataset.low === level.dataset.high;
const ofNode = (node) => criteria.findIndex(({ part }) => part.contains(node));
const keysOn = () => !document.documentElement.classList.contains("no-keys");

/** Focus on the control of criterion `index` that takes the answer: its levels if all are fixed, else the number. */
function goTo(index) {
  const criterion = criteria[index];
  if (!criterion) { $("[data-done]", form)?.focus(); return; }
  const { part, levels, points } = criterion;
  const target = levels.length && levels.every(isFixed) ? levels.find((level) => level.checked) ?? levels[0] : points;
  part.scrollIntoView({ block: "nearest" });
  target.focus({ preventScroll: true });
  if (target === points) points.select();
}

function tell(criterion, text) {
  if (!criterion.error) return;
  criterion.error.hidden = !text;
  $("span", criterion.error).textContent = text;
  criterion.part.classList.toggle("has-error", Boolean(text));
  if (text) criterion.points.setAttribute("aria-invalid", "true");
  else criterion.points.removeAttribute("aria-invalid");
}

/** Marks the level that `value` thousandths fall into: the highest one that starts at or below it. */
function highlight(criterion, value) {
  let fitting = null;
  for (const level of criterion.levels) {
    const low = thousandths(level.dataset.low);
    if (value !== null && low <= value && (!fitting || low > thousandths(fitting.dataset.low))) fitting = level;
  }
  for (const level of criterion.levels) {
    level.checked = level === fitting;
    level.closest(".level")?.classList.toggle("is-picked", level.checked);
  }
}

function paint(criterion) {
  for (const level of criterion.levels) level.closest(".level")?.classList.toggle("is-picked", level.checked);
}

function addUp() {
  const output = $("[data-score-total]", form);
  if (!output) return;
  const values = criteria.map(({ points }) => thousandths(points.value));
  const sum = number(values.reduce((all, value) => all + (value ?? 0), 0));
  const open = values.filter((value) => value === null).length;
  output.textContent = say(open ? "totalLeft" : "totalDone", { sum, max: output.dataset.scoreTotal, n: open });
}

/** A level was chosen: a fixed one fills the number, a range keeps a number that fits it. */
function chose(criterion, level) {
  const value = thousandths(criterion.points.value);
  const fits = value !== null && thousandths(level.dataset.low) <= value && value <= thousandths(level.dataset.high);
  if (isFixed(level)) criterion.points.value = level.dataset.low;
  else if (!fits) criterion.points.value = "";
  tell(criterion, "");
  paint(criterion);
  addUp();
}

/** A number was typed; `finished` says that the box was left, so an unfinished number may be called wrong. */
function typed(criterion, finished) {
  const text = criterion.points.value.trim();
  const value = thousandths(text);
  if (value !== null && value > thousandths(criterion.max)) tell(criterion, say("pointsMax", { name: criterion.title, max: criterion.max }));
  else if (finished && text && value === null) tell(criterion, say("pointsWrong", { name: criterion.title }));
  else if (value !== null || !text) tell(criterion, "");
  if (value !== null) highlight(criterion, value);
  addUp();
}

function pick(index, digit) {
  const criterion = criteria[index];
  const level = criterion.levels[digit - 1];
  if (!level || level.disabled) return;
  level.checked = true;
  level.dispatchEvent(new Event("change", { bubbles: true }));
  if (isFixed(level) || criterion.points.value) goTo(index + 1);
  else criterion.points.focus();
}

function pressed(event) {
  if (composing(event)) return;
  const index = ofNode(event.target);
  const inPoints = event.target.matches("[data-points]");
  const plain = !event.ctrlKey && !event.altKey && !event.metaKey;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const done = $("[data-done]", form);
    if (!keysOn() || !done) return;
    event.preventDefault();
    form.requestSubmit(done);
  } else if (event.key === "Enter" && inPoints && plain) {
    event.preventDefault();
    goTo(index + 1);
  } else if (keysOn() && plain && index >= 0 && event.target.type === "radio" && /^[1-9]$/.test(event.key)) {
    event.preventDefault();
    pick(index, Number(event.key));
  } else if (keysOn() && plain && index >= 0 && event.key === "?") {
    event.preventDefault();
    document.getElementById("score-keys")?.showModal();
  }
}

/** Sends the sheets of other entries that were kept while the network was away, oldest first. */
async function flush() {
  const copies = store.keys().filter((key) => !savers.some((saver) => saver.key === key))
    .map((key) => [key, store.read(key)]).filter(([, copy]) => copy?.sheet).sort(([, a], [, b]) => a.at - b.at);
  for (const [key, copy] of copies) {
    if (!navigator.onLine || !key.startsWith(PREFIX + (document.documentElement.dataset.user ?? "") + ":")) return;
    const body = new URLSearchParams([...copy.pairs, ["csrf_token", $("input[name=csrf_token]")?.value ?? ""]]);
    const reply = await fetch(copy.url, { method: "POST", body, headers: { Accept: "application/json", "X-Requested-With": "autosave" } }).catch(() => null);
    if (reply?.ok && !reply.redirected) store.drop(key);
  }
}

/** The switch of the keys, remembered on this device. */
function setKeys(on) {
  document.documentElement.classList.toggle("no-keys", !on);
  const box = $("[data-score-keys]");
  if (box) box.checked = on;
}

if (form) {
  setKeys(store.read(SWITCH) !== "off");
  $("[data-score-keys]")?.addEventListener("change", (event) => {
    setKeys(event.target.checked);
    if (!shared) store.write(SWITCH, event.target.checked ? "on" : "off");
  });
  for (const criterion of criteria) {
    paint(criterion);
    for (const level of criterion.levels) level.addEventListener("change", () => chose(criterion, level));
    criterion.points.addEventListener("input", () => typed(criterion, false));
    criterion.points.addEventListener("blur", () => typed(criterion, true));
  }
  addUp();
  form.addEventListener("keydown", pressed);
  document.addEventListener("keydown", (event) => {
    if (!keysOn() || composing(event) || !event.altKey || event.ctrlKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const link = $(`a[data-score-link][rel="${event.key === "ArrowUp" ? "prev" : "next"}"]`);
    if (!link) return;
    event.preventDefault();
    link.click();
  });
  if (location.hash === "#phieu") {
    const start = () => { if (document.activeElement === document.body) goTo(Math.max(0, criteria.findIndex(({ points }) => !points.value.trim()))); };
    start();
    // Following the fragment after the load takes the focus away once more.
    window.addEventListener("load", () => { setTimeout(start, 0); setTimeout(start, 100); });
  }
  window.addEventListener("online", flush);
  flush();
}
