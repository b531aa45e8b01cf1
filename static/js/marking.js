// The marking screen: the draft saves itself, and what could not be saved is kept on this device until it can.
(() => {
  "use strict";

  const form = document.querySelector("[data-marking]");
  if (!form) return;

  const PAUSE = 3000; // after the last touch
  const LONGEST = 6000; // while somebody writes on and on
  const WEEK = 7 * 24 * 3600 * 1000;
  const ADDRESS = new URL(form.getAttribute("action"), location.href); // form.action is the buttons of that name
  const COPIES = "signet-marking:";
  const COPY = `${COPIES}${form.dataset.owner}:${form.dataset.work}`;
  let dirty = false;
  let busy = false;
  let timer = 0;
  let waitingSince = 0;

  const saved = () => document.getElementById("marking-saved");
  const seen = () => form.querySelector("[name=seen]").value;

  function say(words) {
    const line = document.createElement("p");
    line.textContent = words;
    saved().querySelectorAll("p").forEach((each) => each.remove());
    saved().append(line);
  }

  // A copy on this device, for as long as something is not saved ------------------------------------------------------
  function values() {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (!["csrfmiddlewaretoken", "seen", "action"].includes(name)) found[name] = value.replace(/\r\n/g, "\n");
    }
    return found;
  }

  function keep() {
    try {
      localStorage.setItem(COPY, JSON.stringify({ at: Date.now(), seen: seen(), values: values() }));
    } catch {
      // A browser that keeps nothing still has the page.
    }
  }

  function forget() {
    try {
      localStorage.removeItem(COPY);
    } catch {
      // Nothing was kept.
    }
  }

  function kept() {
    try {
      for (const key of Object.keys(localStorage).filter((each) => each.startsWith(COPIES))) {
        if (Date.now() - JSON.parse(localStorage.getItem(key)).at > WEEK) localStorage.removeItem(key);
      }
      return JSON.parse(localStorage.getItem(COPY));
    } catch {
      return null;
    }
  }

  function putBack(copy) {
    for (const field of form.elements) {
      if (!(field.name in copy.values) && field.type !== "radio") continue;
      if (field.type === "radio") field.checked = copy.values[field.name] === field.value;
      else field.value = copy.values[field.name];
    }
    later();
  }

  function offer() {
    const copy = kept();
    const found = form.querySelector("[data-copy-found]");
    if (!copy) return;
    const now = values();
    if (Object.keys(copy.values).every((name) => copy.values[name] === now[name])) return forget();
    const time = new Date(copy.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    if (copy.seen === seen()) {
      putBack(copy);
      say(form.dataset.putBack.replace("%", time));
      return;
    }
    found.hidden = false;
    found.querySelector("[data-copy-when]").textContent = time;
    found.querySelector("[data-copy-use]").addEventListener("click", () => {
      found.hidden = true;
      putBack(copy);
    });
    found.querySelector("[data-copy-drop]").addEventListener("click", () => {
      found.hidden = true;
      forget();
    });
  }

  // Saving ------------------------------------------------------------------------------------------------------------
  function save() {
    clearTimeout(timer);
    if (!dirty || busy || !window.htmx) return;
    dirty = false;
    busy = true;
    waitingSince = 0;
    window.htmx.trigger(form, "autosave");
  }

  function later() {
    dirty = true;
    keep();
    waitingSince ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, waitingSince + LONGEST - Date.now())));
  }

  form.addEventListener("input", later);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());
  window.addEventListener("online", save);

  form.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target?.id !== "marking-saved") return;
    // Somebody who is signed out is led to the sign-in page; that page must not replace the line that says "saved".
    if (new URL(event.detail.xhr.responseURL).pathname !== ADDRESS.pathname) {
      event.detail.shouldSwap = false;
      event.detail.isError = false;
      dirty = true;
      say(form.dataset.signedOut);
    }
  });
  for (const failed of ["htmx:responseError", "htmx:sendError"]) {
    form.addEventListener(failed, (event) => {
      event.stopPropagation(); // the page's own answer would reload it, and lose what was written
      say(event.detail.xhr?.status === 403 ? form.dataset.signedOut : form.dataset.unsaved);
      dirty = true;
      timer = setTimeout(save, 5 * PAUSE);
    });
  }
  form.addEventListener("htmx:afterRequest", (event) => {
    busy = false;
    if (dirty) {
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    } else if (event.detail.successful && !saved().querySelector("[data-refused]")) {
      forget();
    }
  });

  // A press while the draft is on its way waits for it, so that the two do not contradict each other.
  form.addEventListener(
    "submit",
    (event) => {
      clearTimeout(timer);
      if (!busy) {
        dirty = false; // the form itself carries everything; the copy goes once a page shows that it is saved
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      form.addEventListener("htmx:afterRequest", () => setTimeout(() => form.requestSubmit(button), 50), { once: true });
    },
    { capture: true },
  );

  // Leaving -----------------------------------------------------------------------------------------------------------
  function tell(action) {
    const data = action === "autosave" ? new FormData(form) : new FormData();
    data.set("action", action);
    data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    const address = action === "autosave" ? ADDRESS : form.dataset.hold;
    return fetch(address, { method: "POST", body: data, keepalive: true, headers: { "HX-Request": "true" } });
  }

  window.addEventListener("pagehide", () => {
    if (dirty && !busy) tell("autosave").catch(() => {});
    tell("leave").catch(() => {});
  });
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());

  // Still at it: said each minute while something is done here, so that the next person sees who has this open.
  const BEAT = 60_000;
  let touched = true;
  for (const type of ["input", "keydown", "pointerdown", "wheel"]) {
    document.addEventListener(type, () => (touched = true), { passive: true });
  }
  setInterval(async () => {
    const place = document.getElementById("marking-held");
    if (!touched && !place.querySelector(".callout")) return;
    touched = false;
    try {
      const answer = await tell("beat");
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      place.replaceWith(page.getElementById("marking-held"));
    } catch {
      // No connection: the next beat tries again.
    }
  }, BEAT);

  offer();
})();
