// The check-in list on a phone: a press counts at once, is kept on the device until it is saved, and is sent again when the
// network is back. Without this script each press is a form of its own.
(() => {
  "use strict";

  const list = document.querySelector("[data-check-in]");
  if (!list) return;

  const KEY = `signet-check-in:${list.dataset.checkIn}`;
  const AGAIN = 5000;
  const DAYS_2 = 2 * 24 * 3600 * 1000;
  const said = list.querySelector("[data-said]");
  const token = () => list.querySelector("[name=csrfmiddlewaretoken]").value;
  let busy = false;
  let timer = 0;
  let memory = {}; // where the browser keeps nothing

  function waiting() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY)) || {};
      return Object.fromEntries(Object.entries(kept).filter(([, each]) => Date.now() - Date.parse(each.at) < DAYS_2));
    } catch {
      return memory;
    }
  }

  function keep(presses) {
    memory = presses;
    try {
      if (Object.keys(presses).length) localStorage.setItem(KEY, JSON.stringify(presses));
      else localStorage.removeItem(KEY);
    } catch {
      // It is kept while the page is open.
    }
  }

  const row = (key) => list.querySelector(`[data-row="${key}"]`);

  function count(name, by) {
    const place = list.querySelector(`[data-count="${name}"]`);
    place.textContent = String(Number(place.textContent) + by);
  }

  function show(key, status, reason) {
    const found = row(key);
    if (!found) return;
    const before = found.dataset.status;
    if (before !== status) {
      if (before === "expected") count("here", 1);
      if (status === "expected") count("here", -1);
      if (before === "late" || before === "expected") count(before, -1);
      if (status === "late" || status === "expected") count(status, 1);
    }
    found.dataset.status = status;
    found.querySelector("[data-state]").textContent = list.dataset[status];
    found.querySelector("[data-reason]").textContent = reason ? `: ${reason}` : "";
    found.querySelector("details").open = false;
  }

  function tell(words) {
    said.textContent = words;
  }

  function tellUnsent() {
    const left = Object.keys(waiting()).length;
    tell(left ? list.dataset.unsent.replace("%", String(left)) : list.dataset.sent);
  }

  // Sends one after the other; what was pressed again meanwhile is sent once more.
  async function send() {
    clearTimeout(timer);
    if (busy) return;
    busy = true;
    let refused = "";
    try {
      for (let [next] = Object.entries(waiting()); next; [next] = Object.entries(waiting())) {
        const [key, press] = next;
        const body = new URLSearchParams({
          csrfmiddlewaretoken: token(),
          enrollment: key,
          status: press.status,
          reason: press.reason,
          pressed_at: press.at,
        });
        const answer = await fetch(list.dataset.address, {
          method: "POST",
          body,
          headers: { Accept: "application/json" },
          redirect: "manual",
        });
        if (answer.type === "opaqueredirect" || answer.status === 403) {
          const words = answer.status === 403 ? await answer.json().catch(() => null) : null;
          if (!words) {
            tell(list.dataset.signedOut);
            return;
          }
          refused = words.said;
        } else if (answer.status >= 500 || answer.status === 429) {
          throw new Error("later");
        }
        const now = waiting();
        if (now[key] && now[key].at === press.at) {
          delete now[key];
          keep(now);
        }
        if (answer.ok) {
          const stands = await answer.json();
          if (!now[key] || now[key].at === press.at) show(key, stands.status, stands.reason);
        } else {
          refused ||= (await answer.json().catch(() => ({}))).said || "";
          show(key, press.before, "");
        }
      }
      if (refused) tell(refused);
      else tellUnsent();
    } catch {
      tellUnsent();
      timer = setTimeout(send, AGAIN);
    } finally {
      busy = false;
    }
  }

  list.addEventListener("submit", (event) => {
    const found = event.target.closest("[data-row]");
    if (!found) return;
    const status = event.submitter?.value || "present";
    const field = found.querySelector("[name=reason]");
    const reason = status === "late" ? field.value.trim() : "";
    if (status === "late" && !reason) {
      event.preventDefault();
      field.focus();
      field.setAttribute("aria-invalid", "true");
      return;
    }
    event.preventDefault();
    field.removeAttribute("aria-invalid");
    const key = found.dataset.row;
    const presses = waiting();
    const before = presses[key]?.before ?? found.dataset.status;
    presses[key] = { status, reason, before, at: new Date().toISOString() };
    keep(presses);
    show(key, status, reason);
    const shown = found.querySelector(status === "expected" ? ".check-in__here" : ".check-in__undo");
    shown.focus({ preventScroll: true });
    tell(`${found.dataset.name}: ${list.dataset[status]}`);
    send();
  });

  // Searching looks through the page at once; the form itself asks for all pages.
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const search = list.querySelector("[data-search] input");
  search.addEventListener("input", () => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const each of list.querySelectorAll("[data-row]")) {
      const text = plain(`${each.dataset.name} ${each.dataset.number}`);
      each.hidden = !words.every((word) => text.includes(word));
      if (!each.hidden) shown += 1;
    }
    tell(shown ? "" : list.dataset.none);
  });
  list.querySelector("[data-search]").addEventListener("submit", (event) => {
    if (!navigator.onLine) event.preventDefault();
  });

  window.addEventListener("online", send);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());
  for (const [key, press] of Object.entries(waiting())) show(key, press.status, press.reason);
  if (Object.keys(waiting()).length) send();
})();
