/** Badges inside images, by the text of the standard alone: one iTXt chunk in a PNG, one element in an SVG. */
import {crc32} from 'node:zlib';

const KEYWORD = Buffer.from('openbadgecredential');

/** Give the badge in a PNG or SVG: JSON or a compact JWS. */
export function unbake(image) {
  if(image[0] !== 0x89) {
    const [, verify] = image.toString('utf8').match(/<openbadges:credential[^>]*\sverify="([^"]*)"/) ?? [];
    return verify ?? image.toString('utf8').match(/<openbadges:credential><!\[CDATA\[(.*)\]\]><\/openbadges/s)[1]
      .replaceAll(']]]]><![CDATA[>', ']]>');
  }
  const found = [];
  for(let place = 8; place < image.length;) {
    const length = image.readUInt32BE(place);
    const kind = image.toString('latin1', place + 4, place + 8);
    const body = image.subarray(place + 8, place + 8 + length);
    if(crc32(image.subarray(place + 4, place + 8 + length)) !== image.readUInt32BE(place + 8 + length)) {
      throw new Error(`The sum of chunk ${kind} is wrong.`);
    }
    if(kind === 'iTXt' && body.subarray(0, KEYWORD.length + 1).equals(Buffer.concat([KEYWORD, Buffer.alloc(1)]))) {
      found.push(body.subarray(KEYWORD.length + 5).toString('utf8'));
    }
    place += 12 + length;
  }
  if(found.length !== 1) {
    throw new Error(`The image holds ${found.length} badges.`);
  }
  return found[0];
}

/** Put a badge into a PNG. */
export function bakePng(image, badge) {
  const body = Buffer.concat([Buffer.from('iTXt'), KEYWORD, Buffer.alloc(5), Buffer.from(badge)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length - 4);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([image.subarray(0, 33), length, body, sum, image.subarray(33)]); // after IHDR
}

/** Put a badge into an SVG. */
export function bakeSvg(image, badge) {
  const element = badge.startsWith('{') ?
    `<openbadges:credential><![CDATA[${badge}]]></openbadges:credential>` :
    `<openbadges:credential verify="${badge}"></openbadges:credential>`;
  return image.replace(/<svg([^>]*)>/, `<svg$1 xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">${element}`);
}
