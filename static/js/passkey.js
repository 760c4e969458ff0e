// Passkeys: the browser answers a question of the server's, and the answer is posted as a form.
// A form that needs this is hidden until it is known that the browser can do it.
"use strict";

const toBytes = (text) => {
  const base64 = text.replace(/-/g, "+").replace(/_/g, "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
};

const toText = (buffer) => {
  if (!buffer) return null;
  const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte));
  return btoa(characters.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const withBytes = (list) => (list || []).map((known) => ({ ...known, id: toBytes(known.id) }));

const creation = (options) => ({
  ...options,
  challenge: toBytes(options.challenge),
  user: { ...options.user, id: toBytes(options.user.id) },
  excludeCredentials: withBytes(options.excludeCredentials),
});

const request = (options) => ({
  ...options,
  challenge: toBytes(options.challenge),
  allowCredentials: withBytes(options.allowCredentials),
});

// What the server reads, by the names of the WebAuthn standard.
const answerOf = (credential) => {
  const given = credential.response;
  const response = { clientDataJSON: toText(given.clientDataJSON) };
  if (given.attestationObject) {
    response.attestationObject = toText(given.attestationObject);
    response.transports = given.getTransports ? given.getTransports() : [];
  } else {
    response.authenticatorData = toText(given.authenticatorData);
    response.signature = toText(given.signature);
    response.userHandle = toText(given.userHandle);
  }
  return {
    type: credential.type,
    id: credential.id,
    rawId: toText(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
};

const optionsFor = async (form) => {
  const here = document.getElementById("passkey-options");
  if (here) return JSON.parse(here.textContent);
  // The sign-in page asks only now: most people sign in by password.
  const reply = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!reply.ok) throw new Error("no question");
  return reply.json();
};

const answer = async (form) => {
  const options = await optionsFor(form);
  return options.creation_options
    ? navigator.credentials.create({ publicKey: creation(options.creation_options.publicKey) })
    : navigator.credentials.get({ publicKey: request(options.request_options.publicKey) });
};

const prepare = (form) => {
  const failed = form.querySelector("[data-passkey-failed]");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(answerOf(await answer(form)));
      form.submit();
    } catch {
      // Cancelled, no passkey here, or it took too long: the person reads what else to do.
      failed.hidden = false;
    }
  });
};

const possible = window.isSecureContext && window.PublicKeyCredential && navigator.credentials;
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (possible) prepare(form);
}
for (const words of document.querySelectorAll("[data-without-passkey]")) words.hidden = Boolean(possible);
