// The field page: begins, fills in and sends surveys, with a network or without.
"use strict";

(() => {
  const { words, make, button, choices, line, question, progress, actions, select, errorBox } =
    window.surveyScreen;
  const store = window.surveyStore;
  const link = window.surveyLink;
  const page = document.getElementById("isi").dataset;
  const screen = document.getElementById("layar");
  const title = document.getElementById("judul");
  const stateLine = document.getElementById("keadaan");
  const news = document.getElementById("kabar");
  const KEEP_DAYS = 3;
  const AGAIN = 60_000;
  let session = null;  // what the portal said of who is signed in; null while it cannot be asked

  const show = (heading, ...nodes) => {
    title.textContent = heading;
    screen.replaceChildren(...nodes.filter(Boolean));
    scrollTo(0, 0);
  };
  const tell = (text) => { news.textContent = text; news.hidden = !text; };
  const today = () => new Date().toLocaleDateString("sv-SE");  // as 2026-11-24, by local time

  // --- who is signed in ---------------------------------------------------------------------
  const ended = () => {
    const next = encodeURIComponent(page.shell);
    stateLine.replaceChildren(words.ended, " ",
      make("a", { href: `${page.signIn}?next=${next}` }, words.signIn));
  };

  const askSession = async () => {
    const answer = await link.session(page.session);
    session = answer.state === "ok" ? answer.data : null;
    if (answer.state === "ended") ended();
    else stateLine.textContent = session ? words.online : words.offline;
    return answer.state;
  };

  // --- kept surveys -------------------------------------------------------------------------
  const save = (survey, state = "open") => store.put("survey", survey.key, survey, state);
  const kit = async (version) => (await store.get("kit", String(version)))?.value;

  const message = (survey) => ({
    key: survey.key,
    household: survey.family.id,
    version: survey.version,
    surveyed_on: survey.surveyed_on,
    respondent: survey.respondent || "",
    result: survey.result || null,
    consent_number: survey.consent_number || null,
    consent_at: survey.consent_at || null,
    answers: survey.answers,
  });

  const forgetFamily = async (id) => {
    for (const { id: name, value } of await store.list("families")) {
      const left = value.families.filter((family) => family.id !== id);
      if (left.length === value.families.length) continue;
      if (left.length) await store.put("families", name, { ...value, families: left });
      else await store.remove("families", name);
    }
  };

  // While connected the portal keeps the draft too. It decides nothing: sending does.
  const keepDraft = async (survey) => {
    if (!session || !survey.consent_at) return;
    const answer = await link.post(page.send, { ...message(survey), draft: true }, session.csrf);
    if (answer.state === "ended") { session = null; ended(); }
    if (answer.state === "offline") { session = null; stateLine.textContent = words.offline; }
  };

  const sendOne = async ({ value: survey }) => {
    const answer = await link.post(page.send, message(survey), session.csrf);
    if (answer.state === "ok") {
      await store.remove("survey", survey.key);
      await forgetFamily(survey.family.id);
      return answer.data.code;
    }
    if (answer.state === "refused") {
      await save({ ...survey, errors: answer.data.errors }, "refused");
      return "";
    }
    if (answer.state === "ended") ended();
    throw new Error(answer.state);
  };

  const sendReady = async () => {
    const ready = (await store.list("survey")).filter((row) => row.state === "ready");
    if (!ready.length) return;
    // The token of the session of this moment: it changes with each sign-in.
    if ((await askSession()) !== "ok") { tell(words.notSent); return; }
    const sent = [];
    try {
      for (const row of ready) sent.push(await sendOne(row));
    } catch {
      tell(words.notSent);
      return;
    }
    const codes = sent.filter(Boolean);
    if (codes.length) tell(`${words.sentOne} ${codes.join(", ")}`);
  };

  // Two open pages must not send at once; the portal would make one of two, but why ask it.
  const send = () => (navigator.locks
    ? navigator.locks.request("survei-kirim", { ifAvailable: true }, (lock) => lock && sendReady())
    : sendReady());

  // --- the list -----------------------------------------------------------------------------
  const stateWord = { open: words.open, ready: words.waiting, refused: words.refusedState };

  const surveyCard = ({ state, value: survey }) => make("div", { class: "card-plain survey-card" },
    make("p", {}, make("strong", {}, survey.family.name), ` ${survey.family.code} · ${stateWord[state]}`),
    actions(state === "open"
      ? button(words.goOn, () => goOn(survey))
      : button(words.look, () => look(survey, state))));

  const familyCard = (family, version) => make("div", { class: "card-plain survey-card" },
    make("p", {}, make("strong", {}, family.name), ` ${family.code} · ${family.place}`,
      family.address ? make("span", { class: "muted" }, ` ${family.address}`) : ""),
    actions(button(words.begin, () => door(family, version))));

  const takeForm = () => {
    if (!session || !session.versions.length || !session.places.length) return "";
    const wanted = new URLSearchParams(location.search);
    const version = select("pilih-versi", words.questionnaire, session.versions, wanted.get("versi"));
    const rt = select("pilih-rt", words.rt, session.places, wanted.get("rt"));
    const take = async () => {
      const answer = await link.post(
        page.pack, { rt: rt.value(), version: Number(version.value()) }, session.csrf);
      if (answer.state === "ended") { ended(); return; }
      if (answer.state === "offline") { tell(words.offline); return; }
      if (answer.state === "refused") { tell(Object.values(answer.data.errors).join(" ")); return; }
      const { families, ...asks } = answer.data;
      await store.put("kit", String(asks.version), asks);
      const name = `${rt.value()}:${asks.version}`;
      if (families.length) {
        await store.put("families", name, { version: asks.version, families, at: Date.now() });
      } else await store.remove("families", name);
      tell(families.length ? `${words.taken} ${families.length}` : words.noneTaken);
      await list();
    };
    return make("section", { class: "card-plain" }, make("h2", {}, words.take),
      make("p", { class: "form-text" }, words.takeHelp), rt, version,
      actions(button(words.takeButton, take)));
  };

  const list = async () => {
    const surveys = await store.list("survey");
    const packs = await store.list("families");
    const begun = new Set(surveys.map((row) => row.value.family.id));
    const cards = packs.flatMap(({ value }) => value.families
      .filter((family) => !begun.has(family.id))
      .map((family) => familyCard(family, value.version)));
    const ready = surveys.some((row) => row.state === "ready");
    const sendNow = button(words.sendAll, async () => { tell(words.sending); await send(); await list(); }, "primary");
    show(document.title.split(" · ")[0],
      surveys.length ? make("h2", { class: "marked" }, words.started) : "",
      ...surveys.map(surveyCard),
      ready ? actions(sendNow) : "",
      cards.length ? make("h2", { class: "marked" }, words.families) : "",
      ...cards,
      surveys.length || cards.length ? "" : make("p", { class: "muted" }, words.empty),
      takeForm());
  };

  // --- one survey ---------------------------------------------------------------------------
  const goOn = (survey) => (survey.consent_at ? step(survey, survey.step || 0) : door(survey.family, survey.version, survey));

  const door = async (family, version, before = null) => {
    const asks = await kit(version);
    const options = [["agreed", words.agrees], ["4", words.refuses], ["3", words.nobody], ["5", words.moved]];
    const field = choices("jawaban", words.answer, options, "", "");
    const record = async () => {
      const answer = field.value();
      if (!answer) { tell(words.chooseOne); return; }
      tell("");
      const survey = before || { key: crypto.randomUUID(), family, version, answers: {} };
      Object.assign(survey, { surveyed_on: today(), step: 0, errors: {} });
      if (answer === "agreed" || answer === "4") survey.consent_number = asks.consent.number;
      if (answer === "agreed") {
        survey.consent_at = new Date().toISOString();
        await save(survey);
        await step(survey, 0);
        return;
      }
      survey.result = Number(answer);
      await save(survey, "ready");
      await send();
      await list();
    };
    show(family.name,
      make("p", { class: "lead-text" }, `${family.code} · ${family.place} · ${asks.label}`),
      make("section", { class: "card-plain survey-consent" }, make("h2", {}, words.readOut),
        make("p", {}, asks.consent.text)),
      make("div", { class: "survey-form" }, field),
      actions(button(words.list, list), button(words.record, record, "primary")));
  };

  const step = async (survey, number) => {
    const asks = await kit(survey.version);
    const last = asks.groups.length - 1;
    const at = Math.min(Math.max(number, 0), last);
    const group = asks.groups[at];
    const fields = new Map(group.asked.map((one) => [one.code,
      question(one, survey.answers[one.code] || "", survey.errors?.[`q-${one.code}`] || "")]));
    const form = make("div", { class: "survey-form" }, ...fields.values());
    // Read anew before each save: the same survey may be open twice.
    const keep = async (next = at) => {
      const known = (await store.get("survey", survey.key))?.value || survey;
      const typed = Object.fromEntries([...fields].map(([code, field]) => [code, field.value()]));
      Object.assign(survey, known, { step: next, answers: { ...known.answers, ...typed } });
      await save(survey);
    };
    form.addEventListener("change", () => keep());
    const go = (next) => async () => {
      await keep(Math.min(Math.max(next, 0), last));
      keepDraft(survey);
      if (next > last) await end(survey);
      else await step(survey, next);
    };
    tell("");
    show(group.name,
      make("p", { class: "lead-text" }, `${survey.family.name} · ${survey.family.code}`),
      progress(at + 1, last + 1),
      form,
      actions(at ? button(words.back, go(at - 1)) : "",
        button(words.list, async () => { await keep(); keepDraft(survey); await list(); }, "link"),
        button(words.next, go(at + 1), "primary")));
  };

  const missing = (asks, survey) => asks.groups.flatMap((group, at) => group.asked
    .filter((one) => !survey.answers[one.code]).map((one) => ({ one, at })));

  const end = async (survey, errors = {}) => {
    const asks = await kit(survey.version);
    const left = missing(asks, survey);
    const result = choices("hasil", words.result,
      [["1", words.complete], ["2", words.incomplete]],
      left.length ? "2" : "1", errors.result || "");
    const who = line("penjawab", words.respondent, survey.respondent || "", { error: errors.who || "" });
    const finish = async () => {
      const found = {};
      if (result.value() === "1" && left.length) found.result = words.notComplete;
      if (!who.value()) found.who = words.respondentMissing;
      survey.respondent = who.value();
      if (Object.keys(found).length) { await save(survey); await end(survey, found); return; }
      Object.assign(survey, { result: Number(result.value()), errors: {} });
      await save(survey, "ready");
      tell(words.sending);
      await send();
      await list();
    };
    show(words.finish,
      make("p", { class: "lead-text" }, `${survey.family.name} · ${survey.family.code}`),
      left.length ? make("div", { class: "alert alert-warning" }, make("div", {},
        make("p", {}, words.missing),
        make("ul", {}, ...left.map(({ one, at }) =>
          make("li", {}, button(one.text, () => step(survey, at), "link")))))) : "",
      make("div", { class: "survey-form" }, result, who),
      actions(button(words.back, () => step(survey, asks.groups.length - 1)),
        button(words.done, finish, "primary")));
  };

  const look = async (survey, state) => {
    const asks = await kit(survey.version);
    const said = (one) => {
      const value = survey.answers[one.code] || "";
      return (one.options.find(([code]) => code === value)?.[1] || value) || words.notAnswered;
    };
    const edit = async () => { await save({ ...survey, result: null }); await goOn({ ...survey, result: null, step: 0 }); };
    const discard = async () => {
      if (!confirm(words.discardAsk)) return;
      await store.remove("survey", survey.key);
      await list();
    };
    show(survey.family.name,
      make("p", { class: "lead-text" }, `${survey.family.code} · ${stateWord[state]}`),
      errorBox(survey.errors),
      ...asks.groups.map((group) => make("section", {}, make("h2", { class: "marked" }, group.name),
        make("dl", { class: "facts" }, ...group.asked.flatMap((one) => [
          make("dt", {}, one.text), make("dd", {}, said(one))])))),
      actions(button(words.list, list), button(words.discard, discard, "danger"),
        button(words.edit, edit, "primary")));
  };

  // --- beginning ----------------------------------------------------------------------------
  const dropOld = async () => {
    const oldest = Date.now() - KEEP_DAYS * 86_400_000;
    for (const { id, value } of await store.list("families")) {
      if (value.at < oldest) await store.remove("families", id);
    }
  };

  const begin = async () => {
    if (!store.usable()) { tell(words.unsafe); return; }
    await askSession();
    if (!(await store.active())) { tell(words.locked); return; }
    if (session) await link.keepPage(page.worker, page.scope);
    await dropOld();
    const wanted = location.hash.slice(1) && (await store.get("survey", location.hash.slice(1)));
    if (wanted && wanted.state === "open") { await goOn(wanted.value); return; }
    await list();
    await send();
    if (session) await list();
  };

  const sendLater = async () => {
    if (!(await store.active())) return;
    const waiting = (await store.list("survey")).some((row) => row.state === "ready");
    if (!waiting) { if (!session) await askSession(); return; }
    await send();
    // Never under the fingers of who is filling in another one.
    if (!screen.querySelector(".survey-form")) await list();
  };

  addEventListener("online", sendLater);
  addEventListener("offline", () => { session = null; stateLine.textContent = words.offline; });
  setInterval(() => { if (navigator.onLine) sendLater(); }, AGAIN);
  begin();
})();
