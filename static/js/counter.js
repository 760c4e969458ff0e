// The counter by keyboard: number keys choose from the list, a scanner may be read from anywhere.
"use strict";

(() => {
  const field = document.getElementById("id_text");
  let typed = "";
  let timer = null;

  const choose = () => {
    // One digit alone is a choice; several in a row come from a card reader.
    const hit = typed.length === 1 && document.querySelector(`[data-key="${typed}"]`);
    typed = "";
    if (hit) hit.click();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.matches("input, textarea, select")) return;
    if (event.key === "/") {
      event.preventDefault();
      field.focus();
    } else if (/^[0-9]$/.test(event.key)) {
      typed += event.key;
      clearTimeout(timer);
      if (typed.length > 1) {
        field.value = typed;
        field.focus();
        typed = "";
        event.preventDefault();
      } else {
        timer = setTimeout(choose, 150);
      }
    }
  });
})();
