// A ward observation on a phone: what is written stays on the device until it is sent, and waits for the network.
(() => {
  "use strict";

  const KEY = `signet-observation:${location.pathname}`;
  const form = document.querySelector("[data-observation]");

  function store(change) {
    try {
      return change(localStorage);
    } catch {
      return null; // a browser that keeps nothing still has the page
    }
  }

  if (document.querySelector("[data-observation-sent]")) store((kept) => kept.removeItem(KEY));
  if (!form) return;

  const names = ["level", "setting", "complexity", "comment"];

  function keep() {
    const data = new FormData(form);
    store((kept) => kept.setItem(KEY, JSON.stringify(Object.fromEntries(names.map((name) => [name, data.get(name) ?? ""])))));
  }

  function putBack() {
    const text = store((kept) => kept.getItem(KEY));
    if (!text) return;
    const said = JSON.parse(text);
    for (const field of form.elements) {
      if (!said[field.name]) continue;
      if (field.type === "radio") field.checked = said[field.name] === field.value;
      else field.value = said[field.name];
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
      form.querySelector("[data-observation-said]").textContent = form.dataset.offline;
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
