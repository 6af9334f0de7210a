// Where Credo keeps its records, in memory: it ships no such store.
import {JsonTransformer, RecordDuplicateError, RecordNotFoundError} from '@credo-ts/core';

const textOf = record => JSON.stringify(JsonTransformer.toJSON(record));

export class MemoryStorage {
  supportsCursorPagination = false;
  records = new Map();

  async save(_context, record) {
    if(this.records.has(record.id)) throw new RecordDuplicateError('It is there already.', {recordType: record.type});
    this.put(record);
  }

  async update(_context, record) {
    this.find(record, record.id);
    this.put(record);
  }

  async delete(_context, record) {
    this.records.delete(record.id);
  }

  async deleteById(_context, _recordClass, id) {
    this.records.delete(id);
  }

  async getById(_context, recordClass, id) {
    return JsonTransformer.fromJSON(JSON.parse(this.find(recordClass, id).text), recordClass);
  }

  async getAll(context, recordClass) {
    return this.findByQuery(context, recordClass, {});
  }

  async findByQuery(_context, recordClass, query) {
    return [...this.records.values()]
      .filter(one => one.type === recordClass.type && matches(one.tags, query))
      .map(one => JsonTransformer.fromJSON(JSON.parse(one.text), recordClass));
  }

  put(record) {
    this.records.set(record.id, {type: record.type, tags: record.getTags(), text: textOf(record)});
  }

  find(recordClass, id) {
    const found = this.records.get(id);
    if(!found) throw new RecordNotFoundError('There is no such record.', {recordType: recordClass.type});
    return found;
  }
}

function matches(tags, {$and, $or, $not, ...plain}) {
  return (!$and || $and.every(query => matches(tags, query))) && (!$or || $or.some(query => matches(tags, query)))
    && (!$not || !matches(tags, $not))
    && Object.entries(plain).every(([name, value]) => value === undefined
      || (Array.isArray(value) ? value.every(one => tags[name]?.includes(one)) : tags[name] === value));
}
