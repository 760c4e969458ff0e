// Small comforts only: every page works without this file.
"use strict";

// A menu closes when one looks elsewhere or presses Escape.
const menus = () => document.querySelectorAll("details.user-menu[open], details.phone-menu[open]");
document.addEventListener("click", (event) => {
  for (const menu of menus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A form is sent once: on a slow line people press again. The button is disabled only after the
// browser has gathered the fields, and comes back when the answer was a download.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (!button || event.target.target === "_blank") return;
  setTimeout(() => {
    if (event.defaultPrevented) return;
    button.disabled = true;
    setTimeout(() => { button.disabled = false; }, 5000);
  }, 0);
});

// After a refused form the first thing read is what has to be mended.
const summary = document.querySelector(".form-errors");
if (summary) summary.focus();

// Print buttons are of no use without a script, so they are hidden until this one runs.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
