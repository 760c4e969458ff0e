// The pieces of the field page. Text is only ever set as text, never as markup.
"use strict";

window.surveyScreen = (() => {
  const words = {};
  const kept = document.getElementById("kata");
  if (kept) {
    for (const one of kept.content.querySelectorAll("[data-word]")) {
      words[one.dataset.word] = one.textContent;
    }
  }

  const make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === undefined) continue;
      node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child !== "" && child !== null));
    return node;
  };

  const button = (label, act, look = "secondary") => {
    const node = make("button", { type: "button", class: `btn btn-${look}` }, label);
    node.addEventListener("click", async () => {
      node.disabled = true;
      try { await act(); } finally { node.disabled = false; }
    });
    return node;
  };

  const wrong = (id, text) => make("p", { class: "survey-wrong", id }, text);

  // One question with large targets; `value()` of the node gives the answer, "" for none.
  const choices = (name, legend, options, chosen, error) => {
    const at = `${name}-salah`;
    const set = make("fieldset", { class: "mb-3", "aria-describedby": error ? at : undefined },
      make("legend", {}, legend));
    if (error) set.append(wrong(at, error));
    for (const [code, label] of options) {
      const id = `${name}-${code}`;
      set.append(make("div", { class: "form-check" },
        make("input", { type: "radio", class: "form-check-input", id, name, value: code,
          checked: code === chosen }),
        make("label", { class: "form-check-label", for: id }, label)));
    }
    set.value = () => set.querySelector("input:checked")?.value || "";
    return set;
  };

  const line = (name, label, value, { mode = "text", help = "", error = "" } = {}) => {
    const told = [help && `${name}-bantuan`, error && `${name}-salah`].filter(Boolean).join(" ");
    const input = make("input", { type: "text", class: "form-control", id: name, name, value,
      inputmode: mode, autocomplete: "off", maxlength: 100, "aria-describedby": told || undefined });
    const field = make("div", { class: "mb-3" },
      make("label", { class: "form-label", for: name }, label),
      help ? make("p", { class: "form-text", id: `${name}-bantuan` }, help) : "",
      error ? wrong(`${name}-salah`, error) : "",
      input);
    field.value = () => input.value.trim();
    return field;
  };

  const question = (asked, value, error) => {
    const name = `q-${asked.code}`;
    if (asked.kind !== "CHOICE") {
      const label = asked.unit ? `${asked.text} (${asked.unit})` : asked.text;
      const mode = asked.kind === "NUMBER" ? "decimal" : "numeric";
      return line(name, label, value, { mode, help: asked.help, error });
    }
    const field = choices(name, asked.text, asked.options, value, error);
    if (asked.help) field.firstChild.after(make("p", { class: "form-text" }, asked.help));
    field.append(button(words.clear, () => {
      for (const input of field.querySelectorAll("input")) input.checked = false;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }, "link"));
    return field;
  };

  const progress = (done, total) => make("div", { class: "survey-progress" },
    make("p", {}, make("strong", {}, `${done} ${words.of} ${total}`)),
    make("progress", { max: total, value: done, "aria-label": words.progress }));

  const actions = (...buttons) => make("div", { class: "form-actions" }, ...buttons);

  const select = (name, label, options, chosen) => {
    const input = make("select", { class: "form-select", id: name },
      ...options.map(([value, text]) =>
        make("option", { value, selected: String(value) === chosen }, text)));
    const field = make("div", { class: "mb-3" },
      make("label", { class: "form-label", for: name }, label), input);
    field.value = () => input.value;
    return field;
  };

  // What was refused, before anything else; a screen reader hears it at once.
  const errorBox = (errors) => {
    const texts = Object.values(errors || {});
    if (!texts.length) return "";
    return make("div", { class: "alert alert-danger", role: "alert" },
      make("div", {}, ...texts.map((text) => make("p", {}, text))));
  };

  return { words, make, button, choices, line, question, progress, actions, select, errorBox };
})();
