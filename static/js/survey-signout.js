// Before signing out: unsent surveys are sent or given up, then everything leaves the phone.
"use strict";

(() => {
  const store = window.surveyStore;
  const kept = document.getElementById("survei-keluar");
  if (!kept || !store || !store.usable()) return;
  const action = kept.dataset.action;

  const leave = async (form) => {
    try {
      await store.wipe();
    } finally {
      HTMLFormElement.prototype.submit.call(form);
    }
  };

  const ask = (form, number) => {
    const dialog = kept.content.querySelector("dialog").cloneNode(true);
    dialog.querySelector("[data-number]").textContent = String(number);
    dialog.querySelector("[data-stay]").addEventListener("click", () => dialog.close());
    dialog.querySelector("[data-discard]").addEventListener("click", () => leave(form));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  };

  // Who is signed in now may be another person than the one whose key lies here: it goes.
  const keepKeyOfOwner = async () => {
    if (!(await store.exists()) || !(await store.active())) return;
    const response = await fetch(kept.dataset.session, {
      redirect: "manual", credentials: "same-origin", cache: "no-store",
    });
    if (response.status === 403) await store.lock();
    if (!response.ok) return;
    const { tag, key } = await response.json();
    await store.unlock(tag, key);
  };
  keepKeyOfOwner().catch(() => { /* Without a network nobody else can have signed in. */ });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (new URL(form.action, location.href).pathname !== action) return;
    event.preventDefault();
    let number = 0;
    try {
      number = await store.unsent();
    } catch {
      // A browser that keeps nothing has nothing to lose.
    }
    if (number) ask(form, number);
    else await leave(form);
  });
})();
