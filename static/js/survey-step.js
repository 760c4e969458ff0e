// A screen of a survey on the ordinary pages: when the network breaks off, the field page goes on.
"use strict";

(() => {
  const form = document.querySelector("form[data-survey]");
  const told = document.querySelector("[data-survey-line]");
  const store = window.surveyStore;
  const link = window.surveyLink;
  if (!form || !store.usable() || !navigator.serviceWorker) return;
  const page = form.dataset;
  // Nobody waits longer than this, in milliseconds, for a phone that will not get ready.
  const PATIENCE = 4000;
  let ready = false;

  const typed = () => {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (name.startsWith("q-")) found[name.slice(2)] = value.trim();
    }
    return found;
  };

  const keep = async (step) => {
    const known = (await store.get("survey", page.key)).value;
    const answers = { ...known.answers, ...typed() };
    await store.put("survey", page.key, { ...known, answers, step }, "open");
  };

  // Once a survey: what is asked and the answers so far come onto the phone, encrypted.
  const take = async (csrf) => {
    const answer = await link.post(page.pack, { survey: Number(page.survey) }, csrf);
    if (answer.state !== "ok") return false;
    const { families, survey, ...asks } = answer.data;
    await store.put("kit", String(asks.version), asks);
    const begun = { ...survey, version: asks.version, errors: {}, step: 0 };
    await store.put("survey", survey.key, begun, "open");
    return true;
  };

  const prepare = async () => {
    const session = await link.session(page.session);
    if (session.state !== "ok") return;
    const known = await store.get("survey", page.key);
    if (!known && !(await take(session.data.csrf))) return;
    await link.keepPage(page.worker, page.scope);
    await navigator.serviceWorker.ready;
    ready = true;
    told.textContent = page.ready;
  };

  const sent = async (submitter) => {
    const response = await fetch(location.href, {
      method: "POST", body: new FormData(form, submitter), credentials: "same-origin",
    });
    if (!response.redirected) return false;
    if ("last" in page) await store.remove("survey", page.key);
    else await keep(Number(page.step));
    location.assign(response.url);
    return true;
  };

  const preparing = prepare();

  form.addEventListener("submit", async (event) => {
    // The last screen waits for the phone: its copy has to leave together with the survey.
    if (!ready && !("last" in page)) return;
    event.preventDefault();
    const { submitter } = event;
    submitter.disabled = false;
    await Promise.race([preparing.catch(() => {}), new Promise((done) => setTimeout(done, PATIENCE))]);
    if (!ready) {
      HTMLFormElement.prototype.submit.call(form);
      return;
    }
    try {
      // What was refused comes as a page of its own, so the browser asks for it itself.
      if (!(await sent(submitter))) HTMLFormElement.prototype.submit.call(form);
    } catch {
      await keep(Math.max(Number(page.step) + (submitter.name === "back" ? -1 : 1), 0));
      location.assign(`${page.shell}#${page.key}`);
    }
  });
})();
