// Talking with the portal: who is signed in, taking along, sending. Every answer is one of
// {state: "ok", data}, {state: "refused", data}, {state: "ended"} and {state: "offline"}.
"use strict";

window.surveyLink = (() => {
  const told = async (response) => {
    // A redirect leads to the sign-in page.
    if (response.type === "opaqueredirect" || response.status === 403) return { state: "ended" };
    if (response.status >= 500) return { state: "offline" };
    try {
      return { state: response.ok ? "ok" : "refused", data: await response.json() };
    } catch {
      // The network broke off in the middle of the answer: it is asked again.
      return { state: "offline" };
    }
  };

  const ask = async (url, options = {}) => {
    try {
      return await told(await fetch(url, {
        ...options, redirect: "manual", credentials: "same-origin", cache: "no-store",
      }));
    } catch {
      return { state: "offline" };
    }
  };

  const session = async (url) => {
    const answer = await ask(url);
    if (answer.state === "ok") await window.surveyStore.unlock(answer.data.tag, answer.data.key);
    return answer;
  };

  const post = (url, body, csrf) => ask(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf },
    body: JSON.stringify(body),
  });

  const keepPage = async (worker, scope) => {
    if (!navigator.serviceWorker) return;
    try {
      await navigator.serviceWorker.register(worker, { scope });
    } catch {
      // Without a network or a session there is no worker to fetch; the one at work stays.
    }
  };

  return { session, post, keepPage };
})();
