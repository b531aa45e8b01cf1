// Verifies a badge against a bundle of keys and status lists, by WebCrypto alone.
//
// The same order and the same words for outcomes as on the site: passed, failed, unknown. "Could not be checked" is never
// told as "failed". W3C Data Integrity EdDSA Cryptosuites (eddsa-rdfc-2022), VC-JWT (EdDSA), Bitstring Status List 1.0.

import { hashData } from "./canonical.js";
import { Unreadable, fromBase64url, fromMultibase, isToken, object } from "./reading.js";

const FIRST_CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1"];
const SMALLEST_LIST = 131072;
const BADGE_TYPES = ["OpenBadgeCredential", "AchievementCredential"];

class Failed extends Error {}
class Unknown extends Error {}
class Withdrawn extends Error {}

const list = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
const idOf = (value) => (typeof value === "string" ? value : value?.id);
const check = (name, outcome, sentence) => ({ name, outcome, sentence });

// One check: what it returns is its sentence; what it throws says how it ended.
async function ask(checks, name, work) {
  try {
    checks.push(check(name, "passed", await work()));
    return true;
  } catch (error) {
    const outcome = error instanceof Failed || error instanceof Withdrawn ? "failed" : "unknown";
    const sentence = [Failed, Withdrawn, Unknown, Unreadable].some((kind) => error instanceof kind)
      ? error.message
      : `It could not be read. ${error.message}`;
    checks.push({ ...check(name, outcome, sentence), isWithdrawn: error instanceof Withdrawn });
    return false;
  }
}

export async function verify(text, { bundle, contexts, now }) {
  const checks = [];
  let document;
  let token = null;
  const isRead = await ask(checks, "format", async () => {
    if (isToken(text)) {
      token = readToken(text);
      document = token.payload;
      return "The file is a badge in a signed token.";
    }
    document = object(text);
    return "The file is a badge in JSON.";
  });
  if (!isRead) return { state: "unknown", checks, about: {} };
  const issuer = idOf(document.issuer);
  const isKnown = await ask(checks, "vocabulary", () => vocabulary(document, contexts));
  await ask(checks, "shape", () => shape(document));
  if (!isKnown && token === null) {
    checks.push(check("signature", "unknown", "Without its vocabularies, the signature cannot be checked."));
  } else {
    await ask(checks, "signature", async () => {
      if (token === null) await proofs(document, issuer, bundle, contexts);
      else await signedToken(token, issuer, bundle);
      return "The signature is good, and the key is the issuer’s.";
    });
  }
  const signature = checks.at(-1);
  if (signature.outcome === "passed") {
    await ask(checks, "status", () => status(document, issuer, bundle, contexts, now));
  } else {
    checks.push(check("status", "unknown", "Without a good signature, what it says of its status means nothing."));
  }
  await ask(checks, "dates", () => dates(document, now));
  return { state: stateOf(checks), checks, about: aboutOf(document) };
}

function stateOf(checks) {
  const by = Object.fromEntries(checks.map((each) => [each.name, each]));
  if (by.signature.isWithdrawn) return "withdrawn";
  if (by.signature.outcome === "failed") return "altered";
  if (["vocabulary", "shape", "signature"].some((name) => by[name].outcome !== "passed")) return "unknown";
  if (by.status.outcome === "failed") return "revoked";
  if (by.dates.outcome === "failed") return by.dates.sentence.startsWith("It has expired") ? "expired" : "unknown";
  return [by.status, by.dates].every((each) => each.outcome === "passed") ? "valid" : "unknown";
}

function aboutOf(document) {
  const subject = document.credentialSubject;
  const name = list(subject?.identifier).find((each) => each?.identityType === "name" && !each.hashed);
  const text = (value) => (typeof value === "string" ? value : "");
  return {
    title: text(subject?.achievement?.name) || text(document.name),
    holder: text(name?.identityHash),
    issuer: text(document.issuer?.name) || text(idOf(document.issuer)),
    address: text(document.id),
    issued: text(document.awardedDate) || text(document.validFrom),
    until: text(document.validUntil),
  };
}

function vocabulary(document, contexts) {
  const named = list(document["@context"]);
  if (!FIRST_CONTEXTS.includes(named[0])) throw new Failed("The file does not begin with the context of credentials.");
  for (const each of named) {
    if (typeof each !== "string") throw new Unknown("The badge defines terms of its own.");
    if (!Object.hasOwn(contexts, each)) throw new Unknown(`The vocabulary ${each} is not known here.`);
  }
  return "All of its vocabularies are known here.";
}

function shape(document) {
  const types = list(document.type);
  if (!types.includes("VerifiableCredential") || !BADGE_TYPES.some((each) => types.includes(each))) {
    throw new Unknown("It is not an Open Badge of version 3.0. The check on the site reads other kinds.");
  }
  const subject = document.credentialSubject;
  if (typeof document.id !== "string" || typeof document.validFrom !== "string" || !subject?.achievement) {
    throw new Failed("It lacks parts that the standard asks for.");
  }
  return "It has the parts that the standard asks for.";
}

// The signature -------------------------------------------------------------------------------------------------------
async function proofs(document, issuer, bundle, contexts) {
  const given = list(document.proof);
  if (given.length === 0) throw new Unknown("It carries no proof.");
  for (const proof of given) {
    if (proof?.type !== "DataIntegrityProof" || proof.cryptosuite !== "eddsa-rdfc-2022" || "@context" in proof || "previousProof" in proof) {
      throw new Unknown("It is signed in a way that is not read here. The check on the site reads more.");
    }
    if (proof.proofPurpose !== "assertionMethod") throw new Failed("It was signed for another purpose.");
    const key = keyOf(proof.verificationMethod, issuer, bundle);
    let data;
    try {
      data = await hashData(document, proof, contexts);
    } catch (error) {
      throw new Failed(`It says something that no vocabulary defines. ${error.message}`);
    }
    if (!(await holds(key, fromMultibase(proof.proofValue, 64), data))) {
      throw new Failed("The file was changed, or not signed by whom it names.");
    }
  }
}

function keyOf(method, issuer, bundle) {
  const controller = typeof method === "string" ? method.split("#")[0] : "";
  if (controller !== issuer) throw new Failed("The key is not one of the issuer that it names.");
  const published = Object.hasOwn(bundle.didDocuments, controller) ? bundle.didDocuments[controller] : null;
  if (published === null) throw new Unknown("The keys of this issuer are not in the bundle.");
  const key = list(published.verificationMethod).find((each) => each?.id === method);
  if (key === undefined) throw new Failed("The issuer lists no such key. A newer bundle may know it.");
  if (!list(published.assertionMethod).some((each) => idOf(each) === method)) {
    throw new Withdrawn("It was signed with a key that the issuer no longer trusts. Ask its holder for the new file.");
  }
  const bytes = fromMultibase(key.publicKeyMultibase, 34);
  if (bytes[0] !== 0xed || bytes[1] !== 0x01) throw new Unknown("The key is of a kind that is not read here.");
  return bytes.subarray(2);
}

async function holds(key, signature, data) {
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    throw new Unknown("This browser does not know Ed25519 signatures. Use a current one.");
  }
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, data);
}

function readToken(text) {
  const [header, payload, signature] = text.split(".");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const read = (part) => object(decoder.decode(fromBase64url(part)));
  return {
    header: read(header),
    payload: read(payload),
    signature: fromBase64url(signature),
    signed: new TextEncoder().encode(`${header}.${payload}`),
  };
}

async function signedToken(token, issuer, bundle) {
  if (token.header.alg !== "EdDSA") throw new Unknown("It is signed in a way that is not read here. The check on the site reads more.");
  if ("crit" in token.header) throw new Unknown("The token asks for extensions that are not known here.");
  const key = keyOf(token.header.kid, issuer, bundle);
  if (token.signature.length !== 64 || !(await holds(key, token.signature, token.signed))) {
    throw new Failed("The file was changed, or not signed by whom it names.");
  }
  const { payload } = token;
  const seconds = (value) => Math.floor(Date.parse(value) / 1000);
  const same = [
    ["iss", issuer],
    ["jti", payload.id],
    ["sub", payload.credentialSubject?.id],
    ["nbf", payload.validFrom === undefined ? undefined : seconds(payload.validFrom)],
    ["exp", payload.validUntil === undefined ? undefined : seconds(payload.validUntil)],
  ];
  for (const [claim, expected] of same) {
    if (payload[claim] !== undefined && payload[claim] !== expected) throw new Failed(`The token and the badge disagree on ${claim}.`);
  }
}

// Status and dates ----------------------------------------------------------------------------------------------------
async function status(document, issuer, bundle, contexts, now) {
  const entries = list(document.credentialStatus);
  if (entries.length === 0) return "The issuer did not say where a revocation would show.";
  let listed;
  for (const entry of entries) {
    const index = Number(entry?.statusListIndex);
    if (entry?.type !== "BitstringStatusListEntry" || entry.statusPurpose !== "revocation" || !Number.isSafeInteger(index) || index < 0) {
      throw new Unknown("Its place in the status list is not read here.");
    }
    const url = entry.statusListCredential;
    listed = Object.hasOwn(bundle.statusLists, url) ? bundle.statusLists[url] : null;
    if (listed === null) throw new Unknown("Its status list is not in the bundle. A newer bundle may hold it.");
    if (listed.id !== url || idOf(listed.issuer) !== issuer || listed.credentialSubject?.statusPurpose !== "revocation") {
      throw new Unknown("The status list in the bundle is about something else.");
    }
    try {
      await proofs(listed, issuer, bundle, contexts);
    } catch (error) {
      throw new Unknown(`The status list in the bundle cannot be trusted. ${error.message}`);
    }
    const bits = await inflated(listed.credentialSubject.encodedList);
    if (bits.length * 8 < SMALLEST_LIST || index >= bits.length * 8) throw new Unknown("The status list is too short.");
    if (bits[index >> 3] & (0x80 >> (index & 7))) throw new Failed(`The issuer has revoked it, as of ${day(listed.validFrom)}.`);
    if (Date.parse(listed.validUntil) <= now) {
      throw new Unknown(`It was not revoked on ${day(listed.validFrom)}. The bundle is too old to say more; download a new one.`);
    }
  }
  return `The issuer had not revoked it on ${day(listed.validFrom)}.`;
}

async function inflated(encoded) {
  if (typeof encoded !== "string" || encoded[0] !== "u") throw new Unknown("The status list does not read.");
  const stream = new Blob([fromBase64url(encoded.slice(1))]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function dates(document, now) {
  const from = Date.parse(document.validFrom);
  const until = document.validUntil === undefined ? Infinity : Date.parse(document.validUntil);
  if (Number.isNaN(from) || Number.isNaN(until)) throw new Unknown("Its dates do not read.");
  if (from > now) throw new Failed("It does not hold yet, by the clock of this machine.");
  if (until <= now) throw new Failed(`It has expired on ${day(document.validUntil)}.`);
  return until === Infinity ? "It does not expire." : `It holds until ${day(document.validUntil)}.`;
}

export function day(value) {
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? "?" : at.toLocaleDateString("en-US", { year: "numeric", month: "short", day: "numeric" });
}
