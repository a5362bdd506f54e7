/**
 * Helps for long tables: select all with a count, a filter over the rows of this page, arrow keys in a grid.
 * Filtering and paging by the server stay the way without JavaScript.
 */

const { $, $$, say, announce, debounce, fold } = window.thidua;

const boxes = (name) => $$(`input[type=checkbox][name="${CSS.escape(name)}"]`);
const isShown = (box) => !box.closest("tr")?.hidden;

/** Brings the head box, the count and the row marks of the group `name` up to date. */
function count(name) {
  const rows = boxes(name);
  const chosen = rows.filter((box) => box.checked);
  const shown = rows.filter(isShown);
  for (const box of rows) box.closest("tr")?.classList.toggle("is-selected", box.checked);
  const head = $(`[data-select-all="${CSS.escape(name)}"]`);
  if (head) {
    head.checked = shown.length > 0 && shown.every((box) => box.checked);
    head.indeterminate = !head.checked && chosen.length > 0;
  }
  for (const place of $$(`[data-selected-count="${CSS.escape(name)}"]`)) place.textContent = say("selected", { n: chosen.length });
}

for (const head of $$("[data-select-all]")) {
  const name = head.dataset.selectAll;
  let last = null;
  head.addEventListener("change", () => {
    for (const box of boxes(name).filter(isShown)) box.checked = head.checked;
    count(name);
  });
  document.addEventListener("click", (event) => {
    const box = event.target;
    if (box.name !== name || box.type !== "checkbox") return;
    // Shift chooses everything between this row and the one before it.
    if (event.shiftKey && last) {
      const rows = boxes(name).filter(isShown);
      const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((a, b) => a - b);
      for (const row of rows.slice(Math.max(from, 0), to + 1)) row.checked = box.checked;
    }
    last = box;
    count(name);
  });
  count(name);
}

for (const input of $$("input[data-filter]")) {
  const table = $(input.dataset.filter);
  if (!table) continue;
  const rows = $$("tbody tr", table).map((row) => ({ row, text: fold(row.textContent) }));
  input.addEventListener("input", debounce(() => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) found += 1;
    }
    announce(say("found", { n: found }));
    for (const head of $$("[data-select-all]", table)) count(head.dataset.selectAll);
  }, 300));
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
for (const table of $$("table[data-grid]")) {
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const cell = event.target.closest("td, th");
    if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey || event.target.matches("input[type=text], textarea, select")) return;
    let row = cell.parentElement.rowIndex;
    let column = cell.cellIndex;
    for (;;) {
      row += step[0];
      column += step[1];
      const next = table.rows[row]?.cells[column];
      if (!next) return;
      const control = $("button, input, a", next);
      if (control) { event.preventDefault(); control.focus(); return; }
    }
  });
}
