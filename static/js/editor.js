// The editor of a draft saves itself: a moment after the last touch, and when the page is left.
(() => {
  "use strict";

  const form = document.querySelector("[data-editor]");
  if (!form) return;

  const PAUSE = 2500; // after the last touch
  const LONGEST = 8000; // while somebody writes on and on
  const ADDRESS = new URL(form.getAttribute("action"), location.href);
  let dirty = false;
  let busy = false;
  let leaving = false;
  let timer = 0;
  let waitingSince = 0;

  const saved = () => document.getElementById("draft-saved");
  const isConflict = () => saved().hasAttribute("data-conflict");

  function say(words) {
    const line = document.createElement("p");
    line.className = "editor-said editor-said--bad";
    line.textContent = words;
    saved().querySelector("[data-said]").replaceChildren(line);
  }

  function send(options = {}) {
    const data = new FormData(form);
    data.set("action", "autosave");
    return fetch(ADDRESS, { method: "POST", body: data, headers: { "HX-Request": "true" }, ...options });
  }

  async function save() {
    clearTimeout(timer);
    if (!dirty || busy || leaving || isConflict()) return;
    dirty = false;
    busy = true;
    waitingSince = 0;
    try {
      const answer = await send();
      if (answer.redirected || answer.status === 403) {
        dirty = true;
        say(form.dataset.signedOut);
      } else if (answer.ok || answer.status === 422) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("draft-saved");
        if (!answer.ok) dirty = true; // still unsaved, but only the next touch tries again
        saved().replaceWith(document.importNode(fresh, true));
      } else {
        throw new Error(String(answer.status));
      }
    } catch {
      dirty = true;
      say(form.dataset.unsaved);
      timer = setTimeout(save, 4 * PAUSE);
    }
    busy = false;
    form.dispatchEvent(new Event("editor:idle"));
  }

  function later(event) {
    if (event?.target.closest?.("[data-unsaved-field]")) return;
    dirty = true;
    waitingSince ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, waitingSince + LONGEST - Date.now())));
  }

  form.addEventListener("input", later);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  window.addEventListener("online", save);

  // A button carries the whole page; it waits for a save that is under way, so that the two do not meet.
  form.addEventListener(
    "submit",
    (event) => {
      clearTimeout(timer);
      if (!busy) {
        leaving = true;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      form.addEventListener("editor:idle", () => form.requestSubmit(button), { once: true });
    },
    { capture: true },
  );
  window.addEventListener("pagehide", () => {
    if (dirty && !busy && !leaving && !isConflict()) send({ keepalive: true }).catch(() => {});
  });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());

  // After a button the address names a row: go on there, by keyboard too.
  const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (place) (place.querySelector("input:not([type=hidden]), textarea, select") ?? place).focus();
})();
