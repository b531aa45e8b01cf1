// Small helps over pages that work without them: dialogs, messages, copying, file choice, unsaved work.
(() => {
  "use strict";

  const closest = (event, selector) =>
    event.target instanceof Element ? event.target.closest(selector) : null;

  document.addEventListener("click", (event) => {
    const opener = closest(event, "[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog && dialog.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const closer = closest(event, "[data-dialog-close]");
    if (closer && closer.closest("dialog[open]")) {
      event.preventDefault();
      closer.closest("dialog").close();
      return;
    }
    if (event.target instanceof HTMLDialogElement && event.target.hasAttribute("data-light")) {
      event.target.close();
      return;
    }
    const toast = closest(event, "[data-close]");
    if (toast) {
      toast.closest("[data-toast]").remove();
      document.getElementById("main")?.focus({ preventScroll: true });
      return;
    }
    const copier = closest(event, "[data-copy]");
    if (copier) {
      const source = document.getElementById(copier.dataset.copy);
      const said = document.getElementById(`${copier.dataset.copy}-said`);
      navigator.clipboard.writeText(source.value ?? source.textContent).then(
        () => said && (said.textContent = copier.dataset.done),
        () => source.select && source.select(),
      );
      return;
    }
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // The menu of a narrow window lies over the page: it closes when the keyboard leaves it, so that focus is never behind it.
  const nav = document.querySelector(".nav[popover]");
  nav?.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !nav.contains(event.relatedTarget) && nav.matches(":popover-open")) nav.hidePopover();
  });

  // "Select all" of a table, and the number that is selected.
  document.addEventListener("change", (event) => {
    const all = closest(event, "[data-select-all]");
    const form = event.target.form ?? event.target.closest("table");
    if (all) {
      for (const box of document.querySelectorAll(`input[type="checkbox"][name="${all.dataset.selectAll}"]`)) {
        box.checked = all.checked;
      }
    }
    const counter = form?.querySelector("[data-selected]");
    if (counter) {
      const name = counter.dataset.selected;
      const count = document.querySelectorAll(`input[name="${name}"]:checked`).length;
      counter.textContent = counter.dataset.words.replace("%", count);
    }
    const drop = closest(event, "[data-drop]");
    if (drop && event.target.matches('input[type="file"]')) showFiles(drop);
  });

  // File choice: the plain input stays; dropping onto its frame fills it, and a list says what was chosen.
  const size = (bytes) =>
    bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

  function showFiles(drop) {
    const input = drop.querySelector('input[type="file"]');
    const list = drop.querySelector("[data-drop-list]");
    const limit = Number(drop.dataset.maxBytes || 0);
    list.replaceChildren(
      ...Array.from(input.files, (file) => {
        const item = document.createElement("li");
        item.textContent = `${file.name}, ${size(file.size)}`;
        if (file.size === 0 || (limit && file.size > limit)) {
          item.className = "drop__problem";
          item.textContent += file.size === 0 ? ` – ${drop.dataset.emptyWords}` : ` – ${drop.dataset.largeWords}`;
        }
        return item;
      }),
    );
  }

  for (const type of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(type, (event) => {
      const drop = closest(event, "[data-drop]");
      if (!drop || !event.dataTransfer || !Array.from(event.dataTransfer.types).includes("Files")) return;
      event.preventDefault();
      drop.toggleAttribute("data-over", type === "dragenter" || type === "dragover");
      if (type === "drop") {
        const input = drop.querySelector('input[type="file"]');
        if (event.dataTransfer.files.length > 1 && !input.multiple) return;
        input.files = event.dataTransfer.files;
        showFiles(drop);
      }
    });
  }

  // A form with files and data-progress is sent in the background so that progress can be shown; without script it is
  // an ordinary form. Whatever the server answers is shown as a page.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const bar = form.querySelector("[data-drop-progress]");
    const files = form.querySelector('input[type="file"]');
    if (!bar || !files || !files.files.length || form.hasAttribute("hx-post")) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    const request = new XMLHttpRequest();
    const words = bar.querySelector("[data-drop-words]");
    const meter = bar.querySelector("progress");
    const buttons = form.querySelectorAll('button[type="submit"], button:not([type])');
    bar.hidden = false;
    for (const button of buttons) button.setAttribute("aria-disabled", "true");
    const release = () => buttons.forEach((button) => button.removeAttribute("aria-disabled"));
    request.upload.addEventListener("progress", (progress) => {
      const percent = progress.lengthComputable ? Math.round((100 * progress.loaded) / progress.total) : 0;
      meter.value = percent;
      words.textContent = bar.dataset.words.replace("%", percent);
    });
    request.addEventListener("load", () => {
      if ((request.getResponseHeader("Content-Type") || "").includes("text/html")) {
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        if (request.responseURL && request.responseURL !== location.href) history.replaceState(null, "", request.responseURL);
        for (const sheet of page.querySelectorAll('link[rel="stylesheet"]')) {
          if (!document.querySelector(`link[href="${sheet.getAttribute("href")}"]`)) document.head.append(sheet);
        }
        document.title = page.title;
        document.body.replaceWith(page.body);
        window.scrollTo(0, 0);
        if (window.htmx) window.htmx.process(document.body);
        arrive();
      } else {
        release();
        words.textContent = bar.dataset.failed;
      }
    });
    request.addEventListener("error", () => {
      release();
      words.textContent = bar.dataset.failed;
    });
    request.open(form.method, form.action);
    request.send(data);
  });

  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector?.("[data-drop-progress]");
    if (!bar || !event.detail.lengthComputable) return;
    const percent = Math.round((100 * event.detail.loaded) / event.detail.total);
    bar.hidden = false;
    bar.querySelector("progress").value = percent;
    bar.querySelector("[data-drop-words]").textContent = bar.dataset.words.replace("%", percent);
  });

  // A second press of a button that has already sent its form does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 8000);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // What only makes sense with script is shown now; a summary of errors takes the focus.
  function arrive(root = document) {
    for (const button of root.querySelectorAll("[data-close][hidden], [data-copy][hidden], [data-scripted][hidden]")) {
      button.hidden = false;
    }
    root.querySelector("[data-focus]")?.focus();
  }

  document.addEventListener("htmx:afterSwap", (event) => arrive(event.detail.target ?? document));
  document.addEventListener("htmx:afterRequest", (event) => delete event.target.dataset?.sent);
  document.addEventListener("htmx:sendError", () => say(document.body.dataset.offline));
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 403 || event.detail.xhr.status === 401) location.reload();
    else say(document.body.dataset.refused);
  });

  function say(words) {
    const place = document.getElementById("messages");
    if (!place || !words) return;
    const toast = document.createElement("div");
    toast.className = "toast toast--error";
    toast.dataset.toast = "";
    const text = document.createElement("p");
    text.className = "toast__text";
    text.textContent = words;
    toast.append(text);
    place.replaceChildren(toast);
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => arrive());
  else arrive();
})();
