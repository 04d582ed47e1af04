// What a page can do better with a script; everything works without.
"use strict";

// Rows that can be filled in again: the button copies the last one.
document.addEventListener("click", (event) => {
  const more = event.target.closest("[data-more]");
  if (more) {
    const list = document.getElementById(more.dataset.more);
    const row = list.lastElementChild.cloneNode(true);
    row.querySelectorAll("input").forEach((input) => { input.value = ""; });
    list.append(row);
    row.querySelector("input, select").focus();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy && navigator.clipboard) {
    navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent.trim())
      .then(() => { copy.textContent = copy.dataset.done; });
  }
});

// The buttons are for those who can use them.
document.querySelectorAll("[data-more]").forEach((b) => { b.hidden = false; });
document.querySelectorAll("[data-copy]").forEach((b) => { b.hidden = !navigator.clipboard; });

// A list is narrowed while one types.
document.querySelectorAll("[data-filter]").forEach((field) => {
  const rows = document.querySelectorAll("#" + field.dataset.filter + " [data-text]");
  field.closest("[hidden]")?.removeAttribute("hidden");
  field.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/);
    rows.forEach((row) => {
      const text = row.dataset.text.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    });
  });
});

// The first mistake, or the summary of them, is where the eyes and the keyboard go.
document.querySelector("[data-focus]")?.focus();
