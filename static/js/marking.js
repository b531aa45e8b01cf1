// The marking screen, besides its draft (autosave.js): who has it open is said each minute, so that the next person sees it.
(() => {
  "use strict";

  const form = document.querySelector("[data-marking]");
  if (!form) return;

  function tell(action) {
    const data = new FormData();
    data.set("action", action);
    data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    return fetch(form.dataset.hold, { method: "POST", body: data, keepalive: true, headers: { "HX-Request": "true" } });
  }

  window.addEventListener("pagehide", () => tell("leave").catch(() => {}));

  // Still at it, while something is done here.
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
})();
