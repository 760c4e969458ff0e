// The service worker of /kerja/survei/: keeps the field page and its parts, and nothing else.
// The page that serves this file puts the list of what is kept before it, as self.PORTAL.
"use strict";

const { shell, kept, scope, version } = self.PORTAL;
const CACHE = `survei-${version}`;

const fetched = async (url) => {
  const response = await fetch(url, { cache: "reload", credentials: "same-origin" });
  // A redirect leads to the sign-in page: that is no field page to keep.
  if (!response.ok || response.redirected) throw new Error(`not kept: ${url}`);
  return response;
};

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await Promise.all(kept.map(async (url) => cache.put(url, await fetched(url))));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("survei-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

// The network first, so that who is signed in gets the page of today; the kept one without it.
const fieldPage = async (request) => {
  try {
    return await fetch(request);
  } catch (error) {
    const found = await caches.match(shell, { ignoreVary: true });
    if (found) return found;
    throw error;
  }
};

// Any other page of surveys cannot be shown without a network: the field page can.
const otherPage = async (request) => {
  try {
    return await fetch(request);
  } catch (error) {
    if (await caches.match(shell, { ignoreVary: true })) return Response.redirect(shell, 302);
    throw error;
  }
};

const part = async (request) =>
  (await caches.match(request, { ignoreVary: true })) || fetch(request);

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (url.pathname === shell) event.respondWith(fieldPage(request));
    else if (url.pathname.startsWith(scope)) event.respondWith(otherPage(request));
  } else if (url.pathname !== shell && kept.includes(url.pathname)) {
    event.respondWith(part(request));
  }
});
