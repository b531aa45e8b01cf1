// A form that is filled in away from the desk: what is chosen stays on the device until it is sent, and waits for the network.
(() => {
  "use strict";

  const form = document.querySelector("[data-kept]");
  if (!form) return;

  const KEY = `signet-kept:${form.dataset.kept}`;
  const APART = ["csrfmiddlewaretoken", "seen"];
  const seen = () => form.querySelector("[name=seen]")?.value ?? "";

  function store(change) {
    try {
      return change(localStorage);
    } catch {
      return null; // a browser that keeps nothing still has the page
    }
  }

  function values() {
    return Object.fromEntries(Array.from(new FormData(form)).filter(([name]) => !APART.includes(name)));
  }

  function keep() {
    store((kept) => kept.setItem(KEY, JSON.stringify({ seen: seen(), values: values() })));
  }

  // Only for what stood there then: what was recorded meanwhile is not hidden by an older choice.
  function putBack() {
    const text = store((kept) => kept.getItem(KEY));
    if (!text) return;
    const copy = JSON.parse(text);
    if (copy.seen !== seen()) {
      store((kept) => kept.removeItem(KEY));
      return;
    }
    for (const field of form.elements) {
      if (!field.name || APART.includes(field.name) || !(field.name in copy.values)) continue;
      if (field.type === "radio") field.checked = copy.values[field.name] === field.value;
      else field.value = copy.values[field.name];
    }
  }

  let waiting = null; // the button that was pressed without a network
  form.addEventListener("input", keep);
  form.addEventListener(
    "submit",
    (event) => {
      keep();
      if (navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = event.submitter;
      form.querySelector("[data-kept-said]").textContent = form.dataset.offline;
    },
    { capture: true },
  );
  window.addEventListener("online", () => {
    if (!waiting) return;
    form.requestSubmit(waiting);
    waiting = null;
  });

  putBack();
})();
