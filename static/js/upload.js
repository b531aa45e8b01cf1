// Large files go in parts: what breaks on the way costs one part, and goes on by itself. Small ones go with their form.
(() => {
  "use strict";

  const PART = 1024 * 1024;
  const WAITS = [1, 2, 5, 10, 20, 30]; // seconds between tries

  const pause = (seconds) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        removeEventListener("online", done);
        resolve();
      };
      const timer = setTimeout(done, seconds * 1000);
      addEventListener("online", done);
    });

  // The answer of the server: {received, url, id} or {said}. Nothing when it could not be reached or was not itself.
  async function ask(address, options, token) {
    try {
      const response = await fetch(address, {
        ...options,
        headers: { ...options.headers, "X-CSRFToken": token },
        redirect: "manual",
      });
      if (response.type === "opaqueredirect") return { signedOut: true };
      if (response.status >= 500 || response.status === 429) return null;
      const isJson = (response.headers.get("Content-Type") || "").includes("application/json");
      return isJson ? { ok: response.ok, ...(await response.json()) } : { signedOut: true };
    } catch {
      return null;
    }
  }

  async function send(form, file) {
    const bar = form.querySelector("[data-drop-progress]");
    const words = bar.querySelector("[data-drop-words]");
    const meter = bar.querySelector("progress");
    const buttons = form.querySelectorAll('button[type="submit"]');
    const token = form.querySelector('[name="csrfmiddlewaretoken"]').value;
    const said = (text) => {
      if (words.textContent !== text) words.textContent = text;
    };
    const stop = (text) => {
      said(text);
      delete form.dataset.sending;
      for (const button of buttons) button.removeAttribute("aria-disabled");
    };
    form.dataset.sending = "yes";
    for (const button of buttons) button.setAttribute("aria-disabled", "true");
    bar.hidden = false;

    let upload = null;
    let tries = 0;
    while (!upload || upload.received < file.size) {
      let answer;
      if (upload) {
        const body = file.slice(upload.received, upload.received + PART);
        const headers = { "Upload-Offset": String(upload.received), "Content-Type": "application/octet-stream" };
        answer = await ask(upload.url, { method: "POST", body, headers }, token);
      } else {
        const body = new URLSearchParams({ name: file.name, size: file.size, changed: file.lastModified });
        answer = await ask(form.dataset.parts, { method: "POST", body }, token);
      }
      if (answer?.signedOut) return stop(form.dataset.signedOut);
      if (answer === null) {
        said(form.dataset.away);
        await pause(WAITS[Math.min(tries, WAITS.length - 1)]);
        tries += 1;
        continue;
      }
      // Another tab may be ahead of us: the answer then says from where to go on.
      if (!Number.isInteger(answer.received)) return stop(answer.said);
      upload = answer;
      tries = 0;
      const percent = Math.floor((100 * upload.received) / file.size);
      meter.value = percent;
      const step = percent - (percent % 10); // a listener hears ten steps, not a hundred
      said(form.dataset.words.replace("%", step));
    }
    form.querySelector('input[type="file"]').value = "";
    form.querySelector('input[name="sent"]').value = upload.id;
    said(form.dataset.checking);
    HTMLFormElement.prototype.submit.call(form);
  }

  // Before the handlers of every form, so that they leave this one alone.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!(form instanceof HTMLFormElement) || !form.dataset.parts) return;
      const file = form.querySelector('input[type="file"]').files[0];
      if (form.dataset.sending) {
        event.preventDefault();
        event.stopImmediatePropagation();
      } else if (file && file.size > PART) {
        event.preventDefault();
        event.stopImmediatePropagation();
        send(form, file);
      }
    },
    true,
  );
})();
