// unbake.mjs FOLDER: prints what is in FOLDER/badge.png, badge.svg and token.svg; saves paper.pdf anew as resaved.pdf.
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { DOMParser } from '@xmldom/xmldom';
import { PDFDict, PDFDocument, PDFName } from 'pdf-lib';

const { get } = createRequire(import.meta.url)('png-itxt');
const folder = process.argv[2];
const names = 'https://purl.imsglobal.org/ob/v3p0';

const png = await new Promise((resolve, reject) => {
  createReadStream(`${folder}/badge.png`)
    .pipe(get('openbadgecredential', (error, chunk) => (error ? reject(error) : resolve(chunk))));
});

function svg(file) {
  const document = new DOMParser().parseFromString(readFileSync(`${folder}/${file}`, 'utf8'), 'image/svg+xml');
  const found = document.getElementsByTagNameNS(names, 'credential');
  const element = found[0];
  return {
    count: found.length,
    tag: element.nodeName,
    isFirst: document.documentElement.firstChild === element,
    text: element.textContent,
    verify: element.getAttribute('verify'),
  };
}

const paper = await PDFDocument.load(readFileSync(`${folder}/paper.pdf`), { updateMetadata: false });
const associated = paper.catalog.lookup(PDFName.of('AF')).lookup(0, PDFDict);
writeFileSync(`${folder}/resaved.pdf`, await paper.save({ useObjectStreams: true }));
console.log(JSON.stringify({
  png: png?.value,
  isCompressed: png?.compressed,
  json: svg('badge.svg'),
  token: svg('token.svg'),
  title: paper.getTitle(),
  relationship: associated.lookup(PDFName.of('AFRelationship')).asString(),
}));
