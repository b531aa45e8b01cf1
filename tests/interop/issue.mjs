/**
 * Issue badges with Digital Bazaar's libraries and JOSE, for our verifier to check.
 *
 *   node issue.mjs OUTPUT_FOLDER IMAGE < unsigned.json
 *
 * Reads {badge, endorsement, transcript}: credentials without proofs by the issuer did:web:elsewhere.example, whose keys
 * are the seeds 0707…07 (key-1, retired) and 0808…08 (key-2). Writes them signed in every form, with what an outsider
 * could fetch beside them. IMAGE is a PNG.
 */
import {generateKeyPairSync} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {createSignCryptosuite as jcs} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as rdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import {Ed25519VerificationKey2020} from '@digitalbazaar/ed25519-verification-key-2020';
import {issue} from '@digitalbazaar/vc';
import {createCredential, createList} from '@digitalbazaar/vc-bitstring-status-list';
import {exportJWK, SignJWT} from 'jose';

import {bakePng, bakeSvg} from './baked.mjs';
import {loaderFor} from './outside.mjs';

const DID = 'did:web:elsewhere.example';
const SITE = 'https://elsewhere.example';
const LIST = `${SITE}/status/1`;
const DATE = '2025-01-02T00:00:00Z';
const [folder, image] = process.argv.slice(2);
const {badge, endorsement, transcript} = JSON.parse(readFileSync(0, 'utf8'));
const write = (name, data) => writeFileSync(join(folder, name), typeof data === 'object' && !Buffer.isBuffer(data) ?
  JSON.stringify(data) : data);

const keys = await Promise.all([7, 8].map((byte, index) => Ed25519Multikey.generate(
  {seed: new Uint8Array(32).fill(byte), controller: DID, id: `${DID}#key-${index + 1}`})));
const [retired, current] = keys;
const methods = await Promise.all(keys.map(key => key.export({publicKey: true})));
write('did.json', {
  '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
  id: DID,
  verificationMethod: methods.map(({id, type, controller, publicKeyMultibase}) =>
    ({id, type, controller, publicKeyMultibase})),
  assertionMethod: methods.map(({id}) => id)
});
write('context-clr.json', readFileSync(join(folder, 'clr.json'), 'utf8'));

const documentLoader = loaderFor(folder);
const sign = (credential, {key = current, cryptosuite = rdfc} = {}) => issue({
  credential: structuredClone(credential), documentLoader,
  suite: new DataIntegrityProof({signer: key.signer(), cryptosuite, date: DATE})
});

const list = await createList({length: 131072});
list.setStatus(7, true);
const listed = await createCredential({id: LIST, list, statusPurpose: 'revocation'});
write('list.json', await sign({...listed, issuer: DID, validFrom: DATE}));
const status = index => ({
  id: `${LIST}#${index}`, type: 'BitstringStatusListEntry', statusPurpose: 'revocation',
  statusListIndex: String(index), statusListCredential: LIST
});

const good = {...badge, credentialStatus: status(1)};
const signed = await sign(good);
write('rdfc.json', signed);
write('jcs.json', await sign(good, {cryptosuite: jcs()}));
write('retired.json', await sign(good, {key: retired}));
write('revoked.json', await sign({...badge, credentialStatus: status(7)}));
write('expired.json', await sign({...good, validUntil: '2025-02-01T00:00:00Z'}));
const endorsed = await sign(endorsement);
write('endorsement.json', endorsed);
write('endorsed.json', await sign({...good, endorsement: [endorsed]}));
const forged = {...endorsed, name: 'Endorsed by somebody else'};
write('endorsed-forged.json', await sign({...good, endorsement: [forged]}));
const members = [signed, await sign({...good, name: 'A second badge'}, {key: retired})];
write('transcript.json', await sign({
  ...transcript, credentialSubject: {...transcript.credentialSubject, verifiableCredential: members}
}));

// The data model 1.1, with the suite that came before Data Integrity
const older = await Ed25519VerificationKey2020.generate({seed: new Uint8Array(32).fill(8), controller: DID});
older.id = `${DID}#key-2`;
const {validFrom, validUntil, awardedDate, evidence, ...first} = structuredClone(badge);
delete first.credentialSubject.achievement.inLanguage;
first['@context'] = [
  'https://www.w3.org/2018/credentials/v1', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json',
  'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json', 'https://w3id.org/security/suites/ed25519-2020/v1'
];
write('older.json', await issue({
  credential: {...first, issuanceDate: validFrom, expirationDate: validUntil}, documentLoader,
  suite: new Ed25519Signature2020({key: older, date: DATE})
}));

async function token(credential, {alg, kid, jwk, key}) {
  const seconds = date => Math.floor(Date.parse(date) / 1000);
  const claims = {...credential, iss: credential.issuer.id, jti: credential.id, nbf: seconds(credential.validFrom)};
  if(credential.credentialSubject.id) {
    claims.sub = credential.credentialSubject.id;
  }
  if(credential.validUntil) {
    claims.exp = seconds(credential.validUntil);
  }
  return new SignJWT(claims).setProtectedHeader({alg, typ: 'JWT', ...(kid ? {kid} : {jwk})}).sign(key);
}

const seed = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 8)]);
const {createPrivateKey} = await import('node:crypto');
const eddsa = createPrivateKey({key: seed, format: 'der', type: 'pkcs8'});
const rsa = generateKeyPairSync('rsa', {modulusLength: 2048});
const p256 = generateKeyPairSync('ec', {namedCurve: 'P-256'});
const web = {...badge, issuer: {...badge.issuer, id: `${SITE}/issuer`}};
const jwks = {
  keys: [{...await exportJWK(rsa.publicKey), kid: 'rsa'}, {...await exportJWK(p256.publicKey), kid: 'p256'}]
};
write('keys.json', jwks);
write('profile.json', {id: `${SITE}/issuer`, type: 'Profile', name: 'Elsewhere', jwks});
const byDid = await token(good, {alg: 'EdDSA', kid: `${DID}#key-2`, key: eddsa});
write('eddsa.jwt', byDid);
write('revoked.jwt', await token({...badge, credentialStatus: status(7)}, {alg: 'EdDSA', kid: `${DID}#key-2`, key: eddsa}));
write('expired.jwt', await token({...good, validUntil: '2025-02-01T00:00:00Z'},
  {alg: 'EdDSA', kid: `${DID}#key-2`, key: eddsa}));
write('rs256.jwt', await token(web, {alg: 'RS256', kid: `${SITE}/keys#rsa`, key: rsa.privateKey}));
write('es256.jwt', await token(web, {alg: 'ES256', kid: `${SITE}/keys#p256`, key: p256.privateKey}));
write('jwk.jwt', await token(web, {alg: 'ES256', jwk: await exportJWK(p256.publicKey), key: p256.privateKey}));
write('hs256.jwt', await token(web, {alg: 'HS256', kid: `${SITE}/keys#rsa`, key: Buffer.alloc(32, 1)}));
const stranger = generateKeyPairSync('ec', {namedCurve: 'P-256'});
write('stranger.jwt', await token(web,
  {alg: 'ES256', jwk: await exportJWK(stranger.publicKey), key: stranger.privateKey}));

const png = readFileSync(image);
const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>';
write('rdfc.png', bakePng(png, JSON.stringify(signed)));
write('rdfc.svg', bakeSvg(svg, JSON.stringify(signed)));
write('eddsa.png', bakePng(png, byDid));
write('eddsa.svg', bakeSvg(svg, byDid));
