"use strict";
(() => {
  // Every value reaches the page as a text node: no cell is ever parsed as HTML.
  const source = document.getElementById("data");
  const list = document.getElementById("list");
  if (!list) return;
  const data = JSON.parse(source.textContent);
  const columns = data.columns, layouts = data.layouts;
  const hidden = new Set(data.hidden), keyColumns = new Set(data.key);
  const CHANGED = 0, ADDED = 1;
  const kinds = ["changed", "added", "removed"];
  const CELLS_SHOWN = 10, LONG_TEXT = 300, CONTEXT = 60, MOST_PRINTED = 500, MOST_PRINTED_WHOLE = 50;
  const number = new Intl.NumberFormat("en-US");
  const byId = (id) => document.getElementById(id);
  const search = byId("search"), column = byId("column"), size = byId("size"), whole = byId("whole");

  let matching = data.rows, page = 0, haystacks = null;

  const counted = (count, noun) => number.format(count) + " " + noun + (count === 1 ? "" : "s");

  function element(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // Control and format characters, which would hide text or change its direction, and blanks at the ends of a text.
  const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|^[ \u00a0]+|[ \u00a0]+$/gu;

  const unseen = (character) => "U+" + character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");

  function appendText(target, text) {
    let from = 0;
    for (const found of text.matchAll(UNSEEN)) {
      target.append(text.slice(from, found.index));
      const blanks = /^[ \u00a0]+$/.test(found[0]);
      const mark = element("span", blanks ? "blank" : "unseen", blanks ? found[0] : unseen(found[0]));
      if (blanks) mark.title = counted(found[0].length, "blank");
      target.append(mark);
      from = found.index + found[0].length;
    }
    target.append(text.slice(from));
  }

  const isHigh = (unit) => /[\ud800-\udbff]/.test(unit || "");
  const isLow = (unit) => /[\udc00-\udfff]/.test(unit || "");

  // Where two texts differ, as the range of the first one, in code units; no surrogate pair is cut. Null: they share
  // too little for a mark to help.
  function differing(one, other) {
    const most = Math.min(one.length, other.length);
    let start = 0;
    while (start < most && one[start] === other[start]) start++;
    if (start > 0 && isHigh(one[start - 1])) start--;
    let end = 0;
    while (end < most - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
    if (end > 0 && isLow(one[one.length - end])) end--;
    return start >= CONTEXT || start + end >= Math.max(one.length, other.length) / 3 ? [start, one.length - end] : null;
  }

  // Appends the part of a text from a place to another one. What differs of it is marked.
  function appendPart(target, text, from, to, difference) {
    if (!difference) {
      appendText(target, text.slice(from, to));
      return;
    }
    const start = Math.min(Math.max(difference[0], from), to), end = Math.min(Math.max(difference[1], start), to);
    appendText(target, text.slice(from, start));
    if (end > start) {
      const mark = element("mark");
      appendText(mark, text.slice(start, end));
      target.append(mark);
    }
    appendText(target, text.slice(end, to));
  }

  function value(text, isHidden, rival) {
    const shown = element("bdi", "value");
    if (isHidden) {
      shown.append(element("span", "none", "hidden"));
    } else if (text === undefined) {
      shown.append(element("span", "none", "no such column"));
    } else if (text === null) {
      shown.append(element("span", "none", "NULL"));
    } else if (text === "") {
      shown.append(element("span", "none", "empty text"));
    } else {
      const difference = typeof rival === "string" && rival !== "" && rival !== text ? differing(text, rival) : null;
      if (text.length > LONG_TEXT) {
        longText(shown, text, difference);
      } else {
        appendPart(shown, text, 0, text.length, difference);
      }
    }
    return shown;
  }

  // Shows a long text around its first difference, and all of it on demand.
  function longText(shown, text, difference) {
    let from = difference ? Math.max(0, Math.min(difference[0] - CONTEXT, text.length - LONG_TEXT)) : 0;
    if (isLow(text[from])) from--;
    let to = Math.min(text.length, from + LONG_TEXT);
    if (isLow(text[to])) to--;
    if (from > 0) shown.append("…");
    appendPart(shown, text, from, to, difference);
    if (to < text.length) shown.append("…");
    const more = element("button", "link", "show all " + number.format(text.length) + " characters");
    more.type = "button";
    more.addEventListener("click", () => {
      shown.textContent = "";
      appendPart(shown, text, 0, text.length, difference);
      shown.tabIndex = -1;
      shown.focus();
    });
    shown.append(" ", more);
  }

  const columnName = (index) => {
    const name = element("bdi");
    appendText(name, columns[index]);
    return name;
  };

  function keyOf(row) {
    const key = element("span", "key");
    data.key.forEach((index, i) => {
      if (i) key.append(", ");
      if (row[1].length === data.key.length) {
        key.append(columnName(index), " = ", value(row[1][i], hidden.has(index)));
      } else if (i === 0) {
        key.append(row[1].length ? row[1][0] : "hidden");
      }
    });
    return key;
  }

  // The cells of a row by column: what it has now, and what it had.
  function cellsOf(row) {
    const cells = new Map();
    if (row[2] >= 0) layouts[row[2]].forEach((index, i) => cells.set(index, { index, after: row[3][i] }));
    if (row[0] === CHANGED && row[4]) {
      for (const cell of cells.values()) cell.before = cell.after;
      for (const [index, before, counts] of row[4]) {
        const cell = cells.get(index) || { index };
        cell.before = before;
        cell.differs = true;
        cell.counts = counts === 1;
        cells.set(index, cell);
      }
      for (const cell of cells.values()) if (!earlierColumns.has(cell.index)) delete cell.before;
    }
    return [...cells.values()];
  }

  const earlierColumns = new Set(data.before >= 0 ? layouts[data.before] : []);

  const isChanged = (row, index) => row[0] === CHANGED && !!row[4] &&
    row[4].some((cell) => cell[0] === index && cell[2] === 1);

  function changedTable(cells, title) {
    const table = element("table", "cells");
    table.append(element("caption", "unheard", title));
    const head = table.createTHead().insertRow();
    for (const name of ["Column", "Before", "After"]) {
      const cell = element("th", "", name);
      cell.scope = "col";
      head.append(cell);
    }
    const body = table.createTBody();
    for (const cell of cells) {
      const line = body.insertRow();
      if (cell.differs) line.className = cell.counts ? "differs" : "forgiven";
      const name = element("th");
      name.scope = "row";
      name.append(columnName(cell.index));
      if (cell.differs && !cell.counts && "before" in cell && "after" in cell) {
        name.append(" ", element("span", "remark", "not counted"));
      }
      line.append(name);
      const isHidden = hidden.has(cell.index);
      const before = line.insertCell(), after = line.insertCell();
      before.dataset.label = "before";
      after.dataset.label = "after";
      before.append(value(cell.before, isHidden, cell.differs ? cell.after : undefined));
      after.append(value(cell.after, isHidden, cell.differs ? cell.before : undefined));
    }
    return table;
  }

  function wholeGrid(cells) {
    const grid = element("dl", "grid");
    for (const cell of cells) {
      const pair = element("div");
      const name = element("dt");
      name.append(columnName(cell.index));
      const text = element("dd");
      text.append(value(cell.after, hidden.has(cell.index)));
      pair.append(name, text);
      grid.append(pair);
    }
    return grid;
  }

  function card(row, place) {
    const kind = kinds[row[0]];
    const article = element("article", "row " + kind);
    const title = element("h3");
    title.id = "row-" + place;
    article.setAttribute("aria-labelledby", title.id);
    title.append(element("span", "badge", kind), " ", keyOf(row));
    article.append(title);
    const all = cellsOf(row);
    const isPair = row[0] === CHANGED && !!row[4];
    const first = isPair ? all.filter((cell) => cell.counts) : all.filter((cell) => !keyColumns.has(cell.index));
    const others = all.filter((cell) => !cell.counts)
      .sort((one, other) => (other.differs ? 1 : 0) - (one.differs ? 1 : 0));
    const make = (cells) => isPair ? changedTable(cells, "Cells of the row") : wholeGrid(cells);
    if (row[0] === CHANGED && !row[4]) {
      article.append(element("p", "quiet", all.length
        ? "The cells before are not known. These are the cells after."
        : "The cells are not known."));
    } else if (!all.length) {
      article.append(element("p", "quiet", "The cells are not known."));
    }
    const body = element("div");
    article.append(body);
    const toggle = element("button", "link more");
    toggle.type = "button";
    let open = whole.checked;
    const show = () => {
      const cells = open ? (isPair ? first.concat(others) : all) : first.slice(0, CELLS_SHOWN);
      body.replaceChildren();
      if (cells.length) body.append(make(cells));
      const rest = all.length - Math.min(first.length, CELLS_SHOWN);
      toggle.textContent = open ? "Show fewer columns" : "Show all " + counted(all.length, "column");
      toggle.setAttribute("aria-expanded", String(open));
      toggle.hidden = rest <= 0;
    };
    toggle.addEventListener("click", () => { open = !open; show(); });
    show();
    article.append(toggle);
    return article;
  }

  function render(from, to) {
    const cards = document.createDocumentFragment();
    for (let i = from; i < to; i++) cards.append(card(matching[i], i));
    list.replaceChildren(cards);
  }

  function show() {
    const perPage = Number(size.value), pages = Math.max(1, Math.ceil(matching.length / perPage));
    page = Math.min(page, pages - 1);
    const from = page * perPage, to = Math.min(matching.length, from + perPage);
    render(from, to);
    byId("status").textContent = matching.length
      ? "Rows " + number.format(from + 1) + " to " + number.format(to) + " of " + number.format(matching.length)
      : "No row matches.";
    byId("place").textContent = "Page " + number.format(page + 1) + " of " + number.format(pages);
    byId("pager").hidden = pages === 1;
    byId("previous").disabled = page === 0;
    byId("next").disabled = page === pages - 1;
  }

  function haystack(row) {
    const texts = row[1].concat(row[3]);
    if (row[4]) for (const cell of row[4]) texts.push(cell[1]);
    return texts.filter((text) => text !== null).join("\n").toLowerCase();
  }

  function filter() {
    const kind = document.querySelector("input[name=kind]:checked").value;
    const wanted = search.value.toLowerCase(), index = column.value === "" ? -1 : Number(column.value);
    if (wanted && !haystacks) haystacks = new Map(data.rows.map((row) => [row, haystack(row)]));
    matching = data.rows.filter((row) => (kind === "all" || row[0] === Number(kind)) &&
      (index < 0 || isChanged(row, index)) && (!wanted || haystacks.get(row).includes(wanted)));
    page = 0;
    show();
  }

  function turn(step) {
    page += step;
    show();
    byId("rows").scrollIntoView();
    byId("rows").focus({ preventScroll: true });
  }

  const changes = new Map();
  for (const row of data.rows) {
    if (row[0] === CHANGED && row[4]) {
      for (const cell of row[4]) if (cell[2] === 1) changes.set(cell[0], (changes.get(cell[0]) || 0) + 1);
    }
  }
  [...changes].sort((one, other) => other[1] - one[1]).forEach(([index, count]) => {
    const name = columns[index].replace(UNSEEN, (text) => /^[ \u00a0]+$/.test(text) ? text : unseen(text));
    const option = element("option", "", name + " (" + number.format(count) + ")");
    option.value = String(index);
    column.append(option);
  });

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 150);
  });
  byId("tools").addEventListener("change", (event) => {
    if (event.target === whole) show();
    else if (event.target !== search) filter();
  });
  byId("tools").addEventListener("submit", (event) => { event.preventDefault(); filter(); });
  byId("previous").addEventListener("click", () => turn(-1));
  byId("next").addEventListener("click", () => turn(1));
  for (const button of document.querySelectorAll("button[data-column]")) {
    button.disabled = !changes.has(Number(button.dataset.column));
    button.addEventListener("click", () => {
      column.value = button.dataset.column;
      filter();
      byId("rows").scrollIntoView();
      byId("rows").focus({ preventScroll: true });
    });
  }

  // Paper has no next page to turn to: it gets all matching rows, up to a limit.
  addEventListener("beforeprint", () => {
    const count = Math.min(matching.length, whole.checked ? MOST_PRINTED_WHOLE : MOST_PRINTED);
    render(0, count);
    byId("status").textContent = "Rows 1 to " + number.format(count) + " of " + number.format(matching.length);
  });
  addEventListener("afterprint", show);

  document.documentElement.classList.add("scripted");
  byId("tools").hidden = false;
  show();
})();
