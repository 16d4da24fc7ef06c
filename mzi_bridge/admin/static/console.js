"use strict";

// Small comforts: every page works without them.

const live = document.querySelector("[data-live]");
if (live && "EventSource" in window) {
  const source = new EventSource(live.dataset.live);
  source.addEventListener("part", (event) => {
    // Nothing is replaced under somebody's keyboard or eyes on an opened detail.
    if (live.contains(document.activeElement) || live.querySelector("details[open]")) return;
    live.innerHTML = event.data;
  });
  source.addEventListener("end", () => source.close());
}

// What lies over the page is closed by leaving it or by Escape, so that it hides no focus.
const over = document.querySelector("details.me");
if (over) {
  over.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !over.contains(event.relatedTarget)) over.open = false;
  });
  over.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !over.open) return;
    over.open = false;
    over.querySelector("summary").focus();
  });
}

// A second press of a button would send its form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  window.addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// The options of a rule that belong to its transforms; without this the next check shows them.
for (const row of document.querySelectorAll("[data-row]")) {
  row.addEventListener("change", (event) => {
    if (!event.target.matches("select")) return;
    const wanted = new Set(["default", "max_length"]);
    for (const select of row.querySelectorAll("[data-transform]")) {
      const chosen = select.selectedOptions[0];
      for (const name of (chosen.dataset.options || "").split(" ")) wanted.add(name);
    }
    if (row.querySelector("select").value === "money") wanted.add("decimal").add("currency");
    for (const option of row.querySelectorAll("[data-option]")) {
      option.hidden = !wanted.has(option.dataset.option);
    }
  });
}

const rowsFilter = document.querySelector("[data-filter-rows]");
if (rowsFilter) {
  rowsFilter.hidden = false;
  const words = rowsFilter.querySelector("input");
  // Enter would send the whole form.
  words.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  words.addEventListener("input", () => {
    const word = words.value.trim().toLowerCase();
    for (const row of document.querySelectorAll("[data-row]")) {
      const fields = [...row.querySelectorAll("input.code")].map((field) => field.value);
      const text = `${row.querySelector("legend").textContent} ${fields.join(" ")}`.toLowerCase();
      row.hidden = !text.includes(word);
    }
    const free = document.querySelector("details.free");
    if (free && word) free.open = true;
  });
}

// What was sent to us from elsewhere and needs no further word.
document.querySelector("form[data-submit]")?.requestSubmit();
