// What the phone keeps of surveys: encrypted in IndexedDB, with a key that cannot be read out.
// The key comes from the portal for the person signed in, the same at every sign-in. Rows of
// another person lie here as ciphertext whose key this phone does not have.
"use strict";

window.surveyStore = (() => {
  const NAME = "survei";
  const ROWS = "rows";
  const KEYS = "keys";
  const ACTIVE = "active";

  const usable = () => Boolean(window.isSecureContext && window.indexedDB && crypto.subtle);

  const asked = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  const open = () => new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEYS, { keyPath: "id" });
      request.result.createObjectStore(ROWS, { keyPath: ["tag", "kind", "id"] });
    };
    request.onsuccess = () => {
      // Another page that clears everything must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });

  const withStore = async (name, mode, act) => {
    const base = await open();
    try {
      const transaction = base.transaction(name, mode);
      const done = new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onerror = () => reject(transaction.error);
        transaction.onabort = () => reject(transaction.error);
      });
      const result = await act(transaction.objectStore(name));
      await done;
      return result;
    } finally {
      base.close();
    }
  };

  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));

  const active = async () =>
    (await withStore(KEYS, "readonly", (store) => asked(store.get(ACTIVE)))) || null;

  // The key of the person signed in takes the place of any other person's.
  const unlock = async (tag, hex) => {
    const known = await active();
    if (known && known.tag === tag) return;
    const key = await crypto.subtle.importKey(
      "raw", bytes(hex), "AES-GCM", false, ["encrypt", "decrypt"],
    );
    await withStore(KEYS, "readwrite", (store) => asked(store.put({ id: ACTIVE, tag, key })));
  };

  // Whether this phone ever kept anything: asking must not make an empty store.
  const exists = async () =>
    !indexedDB.databases || (await indexedDB.databases()).some((base) => base.name === NAME);

  // Take the key away: what is here stays, and is read again when its owner signs in.
  const lock = () => withStore(KEYS, "readwrite", (store) => asked(store.delete(ACTIVE)));

  const bound = (tag, kind, id) => new TextEncoder().encode(`${tag}:${kind}:${id}`);

  const put = async (kind, id, value, state = "") => {
    const { tag, key } = await active();
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(JSON.stringify(value));
    const way = { name: "AES-GCM", iv, additionalData: bound(tag, kind, id) };
    const data = await crypto.subtle.encrypt(way, key, plain);
    await withStore(ROWS, "readwrite", (store) => asked(store.put({ tag, kind, id, state, iv, data })));
  };

  const opened = async (row, key) => {
    const way = { name: "AES-GCM", iv: row.iv, additionalData: bound(row.tag, row.kind, row.id) };
    const plain = await crypto.subtle.decrypt(way, key, row.data);
    return { id: row.id, state: row.state, value: JSON.parse(new TextDecoder().decode(plain)) };
  };

  const get = async (kind, id) => {
    const { tag, key } = await active();
    const row = await withStore(ROWS, "readonly", (store) => asked(store.get([tag, kind, id])));
    return row ? opened(row, key) : null;
  };

  const own = async (tag, kind) => {
    const range = IDBKeyRange.bound([tag, kind], [tag, kind, []]);
    return withStore(ROWS, "readonly", (store) => asked(store.getAll(range)));
  };

  const list = async (kind) => {
    const { tag, key } = await active();
    return Promise.all((await own(tag, kind)).map((row) => opened(row, key)));
  };

  const remove = async (kind, id) => {
    const { tag } = await active();
    await withStore(ROWS, "readwrite", (store) => asked(store.delete([tag, kind, id])));
  };

  // How many surveys of the person signed in are on this phone, finished or not.
  const unsent = async () => {
    const known = (await exists()) ? await active() : null;
    return known ? (await own(known.tag, "survey")).length : 0;
  };

  // Take everything of this person off the phone: rows, key, kept page and worker.
  const wipe = async () => {
    const known = (await exists()) ? await active() : null;
    if (known) {
      const range = IDBKeyRange.bound([known.tag], [known.tag, []]);
      await withStore(ROWS, "readwrite", (store) => asked(store.delete(range)));
    }
    if (await exists()) {
      await lock();
      const others = await withStore(ROWS, "readonly", (store) => asked(store.count()));
      if (!others) await asked(indexedDB.deleteDatabase(NAME));
    }
    for (const name of await caches.keys()) {
      if (name.startsWith("survei-")) await caches.delete(name);
    }
    if (!navigator.serviceWorker) return;
    for (const worker of await navigator.serviceWorker.getRegistrations()) {
      if (new URL(worker.scope).pathname === "/kerja/survei/") await worker.unregister();
    }
  };

  return { usable, exists, unlock, lock, active, put, get, list, remove, unsent, wipe };
})();
