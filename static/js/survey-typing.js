// Fast typing from paper: Enter leads to the next field, and a wrong code is told at once.
"use strict";

(() => {
  const form = document.querySelector("form[data-typing]");
  if (!form) return;
  const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea")];

  const problem = (field) => {
    const typed = field.value.trim();
    if (!typed) return "";
    const codes = field.dataset.codes;
    if (codes) return codes.split(" ").includes(typed) ? "" : `${form.dataset.wrong} ${codes.replaceAll(" ", ", ")}`;
    if (field.dataset.number && !/^(Rp)? ?[0-9][0-9 .]*(,[0-9]+)?$/.test(typed)) return form.dataset.digits;
    return "";
  };

  const check = (field) => {
    const id = `${field.id}-kode`;
    const before = document.getElementById(id);
    const text = problem(field);
    field.setAttribute("aria-invalid", text ? "true" : "false");
    if (!text) {
      // The line keeps its place: a button that moves under the pointer is not pressed.
      if (before) before.textContent = "\u00a0";
      return true;
    }
    if (before) before.remove();
    const line = document.createElement("p");
    line.id = id;
    line.className = "survey-wrong";
    line.setAttribute("role", "alert");
    line.textContent = text;
    field.after(line);
    return false;
  };

  form.addEventListener("keydown", (event) => {
    const at = fields.indexOf(event.target);
    if (event.key !== "Enter" || at < 0) return;
    const right = check(event.target);
    // From the last field Enter sends, as everywhere.
    if (right && at === fields.length - 1) return;
    event.preventDefault();
    if (right) {
      fields[at + 1].focus();
      fields[at + 1].select?.();
    } else {
      event.target.select?.();
    }
  });
  form.addEventListener("change", (event) => {
    if (fields.includes(event.target)) check(event.target);
  });
  // After a refusal the hands go on where something is to be mended.
  const start = fields.find((field) => field.getAttribute("aria-invalid") === "true") || fields[0];
  start?.focus();
  start?.select?.();
})();
