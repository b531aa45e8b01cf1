// The marking screen by keyboard: single keys do what its buttons and links do; words of the comment bank are inserted.
(() => {
  "use strict";

  const form = document.querySelector("[data-marking]");
  const help = document.getElementById("keys");
  const bank = document.getElementById("bank");
  if (!form || !help) return;

  const criteria = Array.from(form.querySelectorAll("fieldset.rubric__criterion"));
  const actions = new Map();
  for (const bound of help.querySelectorAll("[data-bound]")) actions.set(bound.textContent, bound.dataset.bound);
  const isOn = help.dataset.keysOn === "yes";
  let field = null; // the text that was written in last

  function current() {
    const focused = document.activeElement?.closest("fieldset.rubric__criterion");
    if (focused) return criteria.indexOf(focused);
    return location.hash ? criteria.findIndex((each) => `#${each.id}` === location.hash) : -1;
  }

  function go(index) {
    if (!criteria.length) return; // each is kept from the last attempt
    const criterion = criteria[index];
    const radio = criterion.querySelector("input[type=radio]:checked") ?? criterion.querySelector("input[type=radio]");
    criterion.scrollIntoView({ block: "start" });
    radio.focus({ preventScroll: true });
  }

  function choose(value) {
    const radio = criteria[Math.max(0, current())]?.querySelector(`input[type=radio][value="${value}"]`);
    if (!radio) return;
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function reveal(details, selector) {
    details.open = true;
    details.scrollIntoView({ block: "nearest" });
    (details.querySelector(selector) ?? details.querySelector("summary")).focus();
  }

  function insert(words) {
    let into = field;
    if (!into) {
      into = (criteria[Math.max(0, current())] ?? form).querySelector("textarea");
      into.setSelectionRange(into.value.length, into.value.length);
    }
    const gap = /\S$/.test(into.value.slice(0, into.selectionStart)) ? " " : "";
    into.setRangeText(gap + words, into.selectionStart, into.selectionEnd, "end");
    into.focus();
    into.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // "/name" and a space become the words that the name stands for.
  function expand(into) {
    const before = into.value.slice(0, into.selectionEnd);
    const named = /(?:^|\s)\/([\p{L}\p{N}-]{1,20})\s$/u.exec(before);
    if (!named || !bank) return;
    const found = Array.from(bank.querySelectorAll("[data-snippet]")).find(
      (each) => each.dataset.snippet.toLowerCase() === named[1].toLowerCase(),
    );
    if (!found) return;
    into.setRangeText(`${found.textContent} `, before.length - named[1].length - 2, before.length, "end");
  }

  form.addEventListener("focusin", (event) => {
    if (event.target instanceof HTMLTextAreaElement) field = event.target;
    else if (event.target.matches("input[type=radio]")) field = null;
  });
  form.addEventListener(
    "input",
    (event) => event.target instanceof HTMLTextAreaElement && !event.isComposing && expand(event.target),
    { capture: true },
  );

  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const control = target?.closest("[data-key]");
    if (control?.dataset.key === "criterion") {
      event.preventDefault();
      go((current() + 1) % criteria.length);
    } else if (control?.dataset.key === "help") {
      event.preventDefault();
      reveal(help, "summary");
    } else if (control?.dataset.key === "snippet") {
      event.preventDefault();
      reveal(bank, "[data-insert]");
    } else if (target?.closest("[data-insert]")) {
      insert(target.closest("dd").querySelector("[data-snippet]").textContent);
    }
  });

  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key === "Escape" && at instanceof HTMLTextAreaElement) {
      go(Math.max(0, current()));
      return;
    }
    const writes = at instanceof HTMLTextAreaElement || (at instanceof HTMLInputElement && !/radio|checkbox/.test(at.type));
    if (!isOn || writes || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const action = actions.get(event.key);
    if (!action) return;
    event.preventDefault();
    if (action.startsWith("level-")) choose(action.slice(-1));
    else if (action === "comment") criteria[Math.max(0, current())]?.querySelector("textarea").focus();
    else if (action === "snippet") {
      const here = criteria[Math.max(0, current())] ?? form;
      if (!here.contains(field)) {
        field = here.querySelector("textarea");
        field.setSelectionRange(field.value.length, field.value.length);
      }
      reveal(bank, "[data-insert]");
    } else document.querySelector(`[data-key="${action}"]`)?.click();
  });
})();
