// Copies a ready message. Without this file the text can be selected and copied by hand.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  const text = document.getElementById(button.dataset.copy);
  const told = button.parentElement.querySelector("[data-copied]");
  if (!text) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      // Without HTTPS the browser has no clipboard of that kind.
      document.execCommand("copy");
    }
    if (told) told.hidden = false;
  });
}
