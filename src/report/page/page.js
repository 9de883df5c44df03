// SPDX-License-Identifier: Apache-2.0
// Tables are sorted by a click on a column's title: columns of numbers by value, greatest first, others by alphabet.
"use strict";
(() => {
  const text = (row, column) => row.cells[column].textContent;

  // Value of a cell's first number; what holds none comes last in either order.
  const number = (row, column) => {
    const found = text(row, column).replaceAll(",", "").replaceAll("−", "-").match(/-?\d*\.?\d+(e[+-]?\d+)?/i);
    return found ? Number(found[0]) : NaN;
  };

  function by_number(column, sign) {
    return (a, b) => {
      const [x, y] = [number(a, column), number(b, column)];
      return Number.isNaN(x) || Number.isNaN(y) ? Number.isNaN(x) - Number.isNaN(y) : sign * (x - y);
    };
  }

  function by_text(column, sign) {
    const collator = new Intl.Collator("en", { numeric: true });
    return (a, b) => sign * collator.compare(text(a, column), text(b, column));
  }

  function sort(table, head) {
    const numeric = head.classList.contains("right");
    const first = numeric ? "descending" : "ascending";
    const other = numeric ? "ascending" : "descending";
    const order = head.getAttribute("aria-sort") === first ? other : first;
    for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const body = table.tBodies[0];
    body.append(...[...body.rows].sort((numeric ? by_number : by_text)(head.cellIndex, sign)));
  }

  for (const table of document.querySelectorAll("table")) {
    if (table.tBodies[0].rows.length < 2) continue;
    for (const head of table.tHead.rows[0].cells) {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head));
      head.append(button);
    }
  }
})();
