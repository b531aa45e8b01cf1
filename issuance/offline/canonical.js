// Canonical N-Quads of a JSON-LD document, with contexts that are known and no others. Nothing is fetched.

import jsonld from "jsonld";

const encoder = new TextEncoder();

export async function sha256(data) {
  const bytes = typeof data === "string" ? encoder.encode(data) : data;
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Written with sorted keys and no spaces, as the digests that the build put in were made.
function sorted(value) {
  if (Array.isArray(value)) return `[${value.map(sorted).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const parts = Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${sorted(value[key])}`);
  return `{${parts.join(",")}}`;
}

// The contexts of a bundle that are word for word those that this verifier was made for, by address.
export async function knownContexts(given, digests) {
  const known = {};
  for (const [url, digest] of Object.entries(digests)) {
    const document = Object.hasOwn(given, url) ? given[url] : undefined;
    if (document !== undefined && hex(await sha256(sorted(document))) === digest) known[url] = document;
  }
  return known;
}

export async function canonize(document, contexts) {
  const documentLoader = async (url) => {
    if (!Object.hasOwn(contexts, url)) throw new Error(`The vocabulary ${url} is not known here.`);
    return { contextUrl: null, documentUrl: url, document: contexts[url], tag: "static" };
  };
  return jsonld.canonize(document, {
    algorithm: "RDFC-1.0",
    format: "application/n-quads",
    rdfDirection: "i18n-datatype",
    base: null,
    safe: true,
    documentLoader,
  });
}

export async function hashData(document, proof, contexts) {
  const { proof: _proof, ...unsigned } = document;
  const { proofValue: _value, ...config } = proof;
  config["@context"] = document["@context"];
  const parts = [await sha256(await canonize(config, contexts)), await sha256(await canonize(unsigned, contexts))];
  const data = new Uint8Array(64);
  data.set(parts[0], 0);
  data.set(parts[1], 32);
  return data;
}
