// The page around the verifier: reads two files, shows lines. It has no connection, and its policy allows it none.

import { knownContexts } from "./canonical.js";
import { badgeIn, object, Unreadable } from "./reading.js";
import { day, verify } from "./verify.js";

const DIGESTS = JSON.parse(document.getElementById("contexts").textContent);
const FRESH_DAYS = 7;
const WORDS = {
  valid: "Valid",
  expired: "Genuine, and expired",
  revoked: "Genuine, and revoked",
  altered: "Changed, or not issued by whom it names",
  withdrawn: "Signed with a key that is no longer trusted",
  unknown: "Could not be confirmed",
};
const MARKS = { valid: "✓", passed: "✓", failed: "✗", altered: "✗", withdrawn: "✗", revoked: "✗", expired: "◷", unknown: "?" };
const OUTCOMES = { passed: "Passed", failed: "Failed", unknown: "Could not be checked" };

const byId = (id) => document.getElementById(id);
let bundle = null;
let contexts = {};

function made(tag, text, className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = className;
  return element;
}

async function readBundle(file) {
  bundle = null;
  const said = byId("bundle-said");
  said.className = "said";
  try {
    const found = object(await file.text());
    if (found.type !== "SignetOfflineBundle" || Number.isNaN(Date.parse(found.madeAt)) || !found.didDocuments || !found.statusLists) {
      throw new Unreadable("This is not a bundle.");
    }
    contexts = await knownContexts(found.contexts ?? {}, DIGESTS);
    bundle = found;
    const days = Math.floor((Date.now() - Date.parse(found.madeAt)) / 86_400_000);
    const age = days < 0 ? "by the clock of this machine it is from the future" : days === 0 ? "less than a day old" : days === 1 ? "1 day old" : `${days} days old`;
    said.textContent = `From ${found.origin}, made on ${day(found.madeAt)}: ${age}.`;
    if (days >= FRESH_DAYS) {
      said.className = "said said--old";
      said.append(" What was revoked since is not in it. Download a new one before you rely on it.");
    }
  } catch (error) {
    said.className = "said said--bad";
    said.textContent = error instanceof Unreadable ? "This is not a bundle. Download it from the school’s site." : error.message;
  }
}

async function check() {
  const answer = byId("answer");
  answer.replaceChildren();
  const file = byId("badge").files[0];
  const pasted = byId("pasted").value.trim();
  if (bundle === null) return refuse("Choose the bundle first.");
  if (!file && !pasted) return refuse("Choose a badge file, or paste the badge.");
  let text;
  try {
    text = file ? badgeIn(new Uint8Array(await file.arrayBuffer())) : badgeIn(new TextEncoder().encode(pasted));
  } catch (error) {
    return refuse(error.message);
  }
  show(await verify(text, { bundle, contexts, now: Date.now() }));
}

function refuse(sentence) {
  byId("answer").replaceChildren(made("p", sentence, "said said--bad"));
}

function show({ state, checks, about }) {
  const head = made("h2", "", `state state--${state}`);
  head.append(made("span", MARKS[state], "mark"), ` ${WORDS[state]}`);
  head.firstChild.setAttribute("aria-hidden", "true");
  const parts = [head];
  if (about.title) {
    parts.push(made("p", about.title, "title"));
    parts.push(made("p", [about.holder, about.issuer].filter(Boolean).join(" · ")));
    const dates = [about.issued && `Issued ${day(about.issued)}`, about.until && `until ${day(about.until)}`].filter(Boolean);
    parts.push(made("p", dates.join(" · "), "quiet"));
    if (state !== "valid") parts.push(made("p", "So says the file; read the checks before you rely on it.", "quiet"));
  }
  const lines = document.createElement("ul");
  lines.className = "checks";
  for (const each of checks) {
    const line = made("li", "", `check check--${each.outcome}`);
    const mark = made("span", MARKS[each.outcome], "mark");
    mark.setAttribute("aria-hidden", "true");
    const words = document.createElement("div");
    words.append(made("p", each.sentence), made("p", OUTCOMES[each.outcome], "quiet"));
    line.append(mark, words);
    lines.append(line);
  }
  parts.push(lines);
  parts.push(
    made(
      "p",
      "A badge that the school has suspended, or replaced by a newer one, is told apart on the school’s site only: the bundle holds revocations.",
      "quiet",
    ),
  );
  byId("answer").replaceChildren(...parts);
}

byId("bundle").addEventListener("change", (event) => event.target.files[0] && readBundle(event.target.files[0]));
byId("check").addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
byId("badge").addEventListener("change", () => {
  byId("pasted").value = "";
});
byId("pasted").addEventListener("input", () => {
  byId("badge").value = "";
});
