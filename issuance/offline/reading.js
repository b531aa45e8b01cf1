// What a file holds: the badge as JSON or as a signed token, out of JSON, PNG or SVG.

const decoder = new TextDecoder("utf-8", { fatal: true });
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const KEYWORD = "openbadgecredential";
const NAMESPACE = "https://purl.imsglobal.org/ob/v3p0";
export const MAX_BYTES = 4 * 1024 * 1024;

export class Unreadable extends Error {}

export function badgeIn(bytes) {
  if (bytes.length > MAX_BYTES) throw new Unreadable("The file is larger than 4 MB; badges are much smaller.");
  if (PNG.every((byte, index) => bytes[index] === byte)) return inPng(bytes);
  const text = asText(bytes).replace(/^\ufeff/, "").trim();
  if (text.startsWith("<")) return inSvg(text);
  return text;
}

function asText(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Unreadable("This is not a badge. Give the file as it was downloaded: JSON, PNG or SVG.");
  }
}

function inPng(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (at + 12 + length > bytes.length) throw new Unreadable("The image is cut off.");
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (kind === "iTXt") {
      const text = internationalText(bytes.subarray(at + 8, at + 8 + length));
      if (text !== null) found.push(text);
    }
    at += 12 + length;
  }
  if (found.length !== 1) throw new Unreadable(found.length ? "The image holds two badges." : "The image holds no badge.");
  return found[0];
}

// Keyword, 0, compressed?, method, language, 0, translated keyword, 0, text (PNG 1.2, section 4.2.3.3).
function internationalText(chunk) {
  const end = chunk.indexOf(0);
  if (end < 0 || String.fromCharCode(...chunk.subarray(0, end)) !== KEYWORD) return null;
  if (chunk[end + 1] !== 0) throw new Unreadable("The badge in the image is compressed, which the standard forbids.");
  const language = chunk.indexOf(0, end + 3);
  const keyword = language < 0 ? -1 : chunk.indexOf(0, language + 1);
  if (keyword < 0) throw new Unreadable("The badge in the image does not read.");
  return asText(chunk.subarray(keyword + 1)).trim();
}

function inSvg(text) {
  const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
  const found = parsed.getElementsByTagNameNS(NAMESPACE, "credential");
  if (parsed.querySelector("parsererror") || found.length !== 1) {
    throw new Unreadable(found.length > 1 ? "The image holds two badges." : "The image holds no badge.");
  }
  return (found[0].getAttribute("verify") ?? found[0].textContent).trim();
}

export function isToken(text) {
  return /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(text);
}

export function object(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Unreadable("This is not a badge. Give the file as it was downloaded: JSON, PNG or SVG.");
  }
  return value;
}

export function fromBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Unreadable("A part of it is not base64url.");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

export function fromMultibase(text, length) {
  if (typeof text !== "string" || text[0] !== "z" || text.length > 100) throw new Unreadable("A key or signature does not read.");
  let number = 0n;
  for (const character of text.slice(1)) {
    const digit = BASE58.indexOf(character);
    if (digit < 0) throw new Unreadable("A key or signature does not read.");
    number = number * 58n + BigInt(digit);
  }
  const bytes = new Uint8Array(length);
  for (let index = length - 1; index >= 0; index -= 1) {
    bytes[index] = Number(number & 255n);
    number >>= 8n;
  }
  if (number !== 0n) throw new Unreadable("A key or signature has the wrong length.");
  return bytes;
}
