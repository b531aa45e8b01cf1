/**
 * Verify badges with Digital Bazaar's libraries and JOSE, given only files that an outsider could fetch.
 *
 *   node verify.mjs FOLDER [FILE ...]
 *
 * FOLDER holds DID documents and status list credentials as JSON files, each found by its `id`; FILE is a badge in it:
 * JSON, a compact JWS (.jwt), or an image (default: badge.json). Prints one line of JSON for each badge:
 * {file, verified, statusSet, error, inside}, inside telling of the members of a transcript and of endorsements.
 * "verified" does not tell whether a status bit is set: these libraries report the bit in `statusSet` alone.
 */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {createVerifyCryptosuite as jcs} from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as rdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {verifyCredential} from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {decodeJwt, decodeProtectedHeader, importJWK, jwtVerify} from 'jose';

import {unbake} from './baked.mjs';
import {loaderFor} from './outside.mjs';

const [folder, ...named] = process.argv.slice(2);
const documentLoader = loaderFor(folder);
const suites = () => [rdfc, jcs()].map(cryptosuite => new DataIntegrityProof({cryptosuite}));

function reasons(error) {
  if(!error) {
    return [];
  }
  return [error.message, ...[error.errors ?? [], error.cause ?? []].flat().flatMap(reasons)];
}

async function verifyJson(credential) {
  const result = await verifyCredential({
    credential, suite: suites(), documentLoader, checkStatus: credential.credentialStatus ? checkStatus : undefined
  });
  const errors = [result.error, result.statusResult?.error].flatMap(reasons);
  return {
    verified: result.verified,
    statusSet: Boolean(result.statusResult?.results?.some(({status}) => status)),
    error: errors.length ? [...new Set(errors)].join(' | ') : null,
    inside: await verifyInside(credential)
  };
}

async function verifyToken(token) {
  const {kid} = decodeProtectedHeader(token);
  const credential = decodeJwt(token);
  const {document: method} = await documentLoader(kid);
  const {document: controller} = await documentLoader(method.controller);
  if(controller.id !== credential.issuer.id || !kid.startsWith(`${controller.id}#`)) {
    throw new Error('The key is not of the issuer.');
  }
  if(!controller.assertionMethod?.includes(kid)) {
    throw new Error('The key is not authorized.');
  }
  const keyPair = await Ed25519Multikey.from({'@context': 'https://w3id.org/security/multikey/v1', ...method});
  const {payload} = await jwtVerify(token, await importJWK(await Ed25519Multikey.toJwk({keyPair}), 'EdDSA'), {
    algorithms: ['EdDSA'], typ: 'JWT', issuer: credential.issuer.id, subject: credential.credentialSubject.id
  });
  if(payload.jti !== credential.id || payload.nbf * 1000 !== Date.parse(credential.validFrom)) {
    throw new Error('The claims are not those of the credential.');
  }
  const status = credential.credentialStatus && await checkStatus({
    credential, documentLoader, suite: suites(), verifyBitstringStatusListCredential: true
  });
  return {
    verified: status?.verified ?? true,
    statusSet: Boolean(status?.results?.some(({status}) => status)),
    error: null,
    inside: await verifyInside(credential)
  };
}

async function verifyInside(credential) {
  const {verifiableCredential, achievement} = credential.credentialSubject ?? {};
  const inside = [verifiableCredential, credential.endorsement, achievement?.endorsement].flat().filter(Boolean);
  return Promise.all(inside.map(async one => (await answer(() => verifyJson(one))).verified));
}

async function answer(work) {
  try {
    return await work();
  } catch(error) {
    return {verified: false, statusSet: false, error: reasons(error).join(' | '), inside: []};
  }
}

for(const file of named.length ? named : ['badge.json']) {
  const found = await answer(async () => {
    const data = readFileSync(join(folder, file));
    const text = /\.(png|svg)$/.test(file) ? unbake(data) : data.toString('utf8');
    return text.startsWith('{') ? verifyJson(JSON.parse(text)) : verifyToken(text.trim());
  });
  console.log(JSON.stringify({file, ...found}));
}
