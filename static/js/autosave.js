// Forms that save themselves as a draft: every few seconds and on leaving; what could not be saved is kept on this device
// until it can. Each such form says with data-autosave where it saves, and with data-saved the id of the line that tells.
(() => {
  "use strict";

  const PAUSE = 3000; // after the last touch
  const LONGEST = 6000; // while somebody writes on and on
  const WEEK = 7 * 24 * 3600 * 1000;
  const COPIES = "signet-draft:";
  const APART = ["csrfmiddlewaretoken", "seen", "action", "kind", "requirement"];
  const TAB = String(Math.random());

  function stored(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function remove(key) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }

  // What is old goes, and what a page says to be done.
  function sweep() {
    try {
      const done = Array.from(document.querySelectorAll("[data-done]"), (each) => `:${each.dataset.done}`);
      for (const key of Object.keys(localStorage).filter((each) => each.startsWith(COPIES))) {
        const isOld = !(Date.now() - (stored(key)?.at ?? 0) < WEEK);
        if (isOld || done.some((each) => key.includes(each))) remove(key);
      }
    } catch {
      // A browser that keeps nothing.
    }
  }

  function watch(form) {
    const ADDRESS = new URL(form.dataset.autosave, location.href);
    const COPY = `${COPIES}${form.dataset.owner}:${form.dataset.work}`;
    let dirty = false;
    let busy = false;
    let timer = 0;
    let waitingSince = 0;

    const saved = () => document.getElementById(form.dataset.saved);
    const seen = () => form.querySelector("[name=seen]").value;

    function say(words) {
      const line = document.createElement("p");
      line.textContent = words;
      saved().querySelectorAll("p, .actions").forEach((each) => each.remove());
      saved().append(line);
    }

    // A copy on this device, for as long as something is not saved ----------------------------------------------------
    function values() {
      const found = {};
      for (const [name, value] of new FormData(form)) {
        if (!APART.includes(name)) found[name] = String(value).replace(/\r\n/g, "\n");
      }
      return found;
    }

    const same = (one, other) =>
      [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => (one[name] ?? "") === (other[name] ?? ""));

    function keep() {
      try {
        localStorage.setItem(COPY, JSON.stringify({ at: Date.now(), tab: TAB, seen: seen(), values: values() }));
      } catch {
        // A browser that keeps nothing still has the page.
      }
    }

    // Another tab may have put its own words there.
    function forget() {
      const copy = stored(COPY);
      if (copy && (copy.tab === TAB || same(copy.values, values()))) remove(COPY);
    }

    function putBack(copy) {
      for (const field of form.elements) {
        if (!field.name || APART.includes(field.name)) continue;
        if (field.type === "radio") field.checked = copy.values[field.name] === field.value;
        else if (field.type === "checkbox") field.checked = field.name in copy.values;
        else if (field.name in copy.values) field.value = copy.values[field.name];
      }
      const folded = form.closest("details");
      if (folded) folded.open = true;
      later();
    }

    function offer() {
      const copy = stored(COPY);
      const found = form.querySelector("[data-copy-found]");
      if (!copy) return;
      if (same(copy.values, values())) {
        remove(COPY);
        return;
      }
      const time = new Date(copy.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      if (copy.seen === seen()) {
        putBack(copy);
        say(form.dataset.putBack.replace("%", time));
        return;
      }
      found.hidden = false;
      const folded = form.closest("details");
      if (folded) folded.open = true;
      found.querySelector("[data-copy-when]").textContent = time;
      found.querySelector("[data-copy-use]").addEventListener("click", () => {
        found.hidden = true;
        putBack(copy);
      });
      found.querySelector("[data-copy-drop]").addEventListener("click", () => {
        found.hidden = true;
        remove(COPY);
      });
    }

    // Saving ----------------------------------------------------------------------------------------------------------
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
      if (event.detail.target?.id !== form.dataset.saved) return;
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
        if (!navigator.onLine) {
          event.preventDefault(); // the browser would leave the page for one that says that there is no connection
          event.stopImmediatePropagation();
          keep();
          dirty = true;
          say(form.dataset.unsaved);
          return;
        }
        if (!busy) {
          if (dirty) keep(); // it goes once a page shows that it is saved
          dirty = false; // the form itself carries everything
          return;
        }
        event.preventDefault();
        event.stopImmediatePropagation();
        const button = event.submitter;
        form.addEventListener("htmx:afterRequest", () => setTimeout(() => form.requestSubmit(button), 50), {
          once: true,
        });
      },
      { capture: true },
    );

    window.addEventListener("pagehide", () => {
      if (!dirty || busy) return;
      const data = new FormData(form);
      data.set("action", "autosave");
      fetch(ADDRESS, { method: "POST", body: data, keepalive: true, headers: { "HX-Request": "true" } }).catch(() => {});
    });

    offer();
    if (form.hasAttribute("data-typed")) later(); // what was refused stands on the page and is nowhere else
  }

  sweep();
  const forms = document.querySelectorAll("form[data-autosave]");
  if (!forms.length) return;
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
  forms.forEach(watch);
})();
