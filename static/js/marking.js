// The marking screen: the draft saves itself, and single keys do what its buttons and links do.
(() => {
  "use strict";

  const form = document.querySelector("[data-marking]");
  if (!form) return;

  // Saving ------------------------------------------------------------------------------------------------------------
  const PAUSE = 3000;
  let dirty = false;
  let busy = false;
  let timer = 0;

  const saved = () => document.getElementById("marking-saved");

  function say(words) {
    const line = document.createElement("p");
    line.textContent = words;
    saved().querySelectorAll("p").forEach((each) => each.remove());
    saved().append(line);
  }

  function save() {
    clearTimeout(timer);
    if (!dirty || busy || !window.htmx) return;
    dirty = false;
    busy = true;
    window.htmx.trigger(form, "autosave");
  }

  function later() {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE);
  }

  form.addEventListener("input", later);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && save());

  form.addEventListener("htmx:beforeSwap", (event) => {
    // Somebody who is signed out is led to the sign-in page; that page must not replace the line that says "saved".
    if (new URL(event.detail.xhr.responseURL).pathname !== form.getAttribute("action")) {
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
  form.addEventListener("htmx:afterRequest", () => {
    busy = false;
    if (dirty) {
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    }
  });

  // A press while the draft is on its way waits for it, so that the two do not contradict each other.
  form.addEventListener(
    "submit",
    (event) => {
      clearTimeout(timer);
      if (!busy) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      form.addEventListener("htmx:afterRequest", () => setTimeout(() => form.requestSubmit(button), 50), { once: true });
    },
    true,
  );

  // Keys --------------------------------------------------------------------------------------------------------------
  const STORE = "signet.keys";
  const use = document.querySelector("[data-keys]");
  try {
    use.checked = localStorage.getItem(STORE) !== "off";
  } catch {
    use.checked = true; // a browser that keeps nothing still has the keys
  }
  use.addEventListener("change", () => {
    try {
      localStorage.setItem(STORE, use.checked ? "on" : "off");
    } catch {
      // Kept for this page alone.
    }
  });

  const criteria = Array.from(form.querySelectorAll("fieldset.rubric__criterion"));

  function current() {
    const focused = document.activeElement?.closest("fieldset.rubric__criterion");
    if (focused) return criteria.indexOf(focused);
    const target = location.hash ? criteria.findIndex((each) => `#${each.id}` === location.hash) : -1;
    return target;
  }

  function go(index) {
    const criterion = criteria[index];
    const radio = criterion.querySelector("input[type=radio]:checked") ?? criterion.querySelector("input[type=radio]");
    criterion.scrollIntoView({ block: "start" });
    radio.focus({ preventScroll: true });
  }

  function choose(value) {
    const index = Math.max(0, current());
    const radio = criteria[index].querySelector(`input[type=radio][value="${value}"]`);
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-key]") : null;
    if (link?.dataset.key === "n") {
      event.preventDefault();
      go((current() + 1) % criteria.length);
    } else if (link?.dataset.key === "?") {
      const keys = document.getElementById("keys");
      keys.open = true;
      keys.querySelector("summary").focus();
    }
  });

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Escape" && at instanceof HTMLTextAreaElement) {
      go(Math.max(0, current()));
      return;
    }
    const writes = at instanceof HTMLTextAreaElement || (at instanceof HTMLInputElement && !/radio|checkbox/.test(at.type));
    if (!use.checked || writes || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (/^[1-4]$/.test(event.key)) {
      choose(event.key);
    } else if (event.key === "c") {
      criteria[Math.max(0, current())].querySelector("textarea").focus();
    } else if (["j", "k", "n", "s", "?"].includes(event.key)) {
      document.querySelector(`[data-key="${event.key}"]`)?.click();
    } else {
      return;
    }
    event.preventDefault();
  });
})();
