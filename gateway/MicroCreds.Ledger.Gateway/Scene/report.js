// Tells the institution what was practised, as cmi5 has it: the token is fetched once, and each statement is sent in
// its turn. Without a launch nothing is told to anybody.

const verbs = 'http://adlnet.gov/expapi/verbs/';
const cmi5 = 'https://w3id.org/xapi/cmi5/context/categories/';

export function launchOf(search) {
  const query = new URLSearchParams(search);
  const names = ['endpoint', 'fetch', 'actor', 'registration', 'activityId'];
  if (!names.every((name) => query.get(name))) return null;
  const launch = Object.fromEntries(names.map((name) => [name, query.get(name)]));
  // The page that it came from is of this site, or nowhere.
  const back = query.get('returnURL') ?? '';
  launch.back = back.startsWith('/') && !back.startsWith('//') ? back : null;
  return launch;
}

export class Report {
  constructor(launch) {
    this.launch = launch;
    this.actor = JSON.parse(launch.actor);
    this.template = {};
    this.mastery = 0.8;
    this.began = performance.now();
    this.queue = [];
    this.sending = Promise.resolve();
  }

  async begin() {
    this.token = await this.fetchToken();
    const query = new URLSearchParams({
      stateId: 'LMS.LaunchData', activityId: this.launch.activityId, agent: this.launch.actor,
      registration: this.launch.registration,
    });
    const answer = await this.ask(`activities/state?${query}`);
    const data = answer.ok ? await answer.json() : {};
    this.template = data.contextTemplate ?? {};
    if (typeof data.masteryScore === 'number') this.mastery = data.masteryScore;
    // After a reload the session goes on.
    if (!this.isResumed) this.say('initialized', this.launch.activityId, null, true);
    return this.flush();
  }

  // A page that is loaded again has its token still: it is given once.
  async fetchToken() {
    const kept = `scene:${this.launch.fetch}`;
    const before = sessionStorage.getItem(kept);
    if (before) {
      this.isResumed = true;
      return before;
    }
    const answer = await fetch(this.launch.fetch, { method: 'POST' });
    const told = await answer.json();
    if (!told['auth-token']) throw new Error(told['error-text'] ?? `HTTP ${answer.status}`);
    sessionStorage.setItem(kept, told['auth-token']);
    return told['auth-token'];
  }

  answered(thing, name, language, response, isRight) {
    this.say('answered', `${this.launch.activityId}/things/${thing}`, { success: isRight, response }, false, {
      name: { [language]: name }, type: 'http://adlnet.gov/expapi/activities/interaction',
    });
  }

  finish(scaled, points, most) {
    const duration = this.duration();
    const isPassed = scaled >= this.mastery;
    this.say(isPassed ? 'passed' : 'failed', this.launch.activityId, {
      score: { scaled, raw: points, min: 0, max: most }, success: isPassed, duration,
    }, true);
    this.say('completed', this.launch.activityId, { completion: true, duration }, true);
    this.say('terminated', this.launch.activityId, { duration }, true);
    sessionStorage.removeItem(`scene:${this.launch.fetch}`);
    return isPassed;
  }

  duration() { return `PT${((performance.now() - this.began) / 1000).toFixed(2)}S`; }

  say(verb, about, result, isDefined, definition) {
    const context = structuredClone(this.template);
    context.registration = this.launch.registration;
    context.contextActivities ??= {};
    const category = isDefined ? [{ id: `${cmi5}cmi5` }] : [];
    if (result?.success !== undefined && isDefined || result?.completion) category.push({ id: `${cmi5}moveon` });
    if (category.length > 0) context.contextActivities.category = category;
    else delete context.contextActivities.category;
    if (!isDefined) context.contextActivities.parent = [{ id: this.launch.activityId }];
    const thing = { id: about };
    if (definition) thing.definition = definition;
    const statement = {
      id: crypto.randomUUID?.() ?? uuid(), actor: this.actor, verb: { id: verbs + verb, display: { en: verb } },
      object: thing, context, timestamp: new Date().toISOString(),
    };
    if (result) statement.result = result;
    this.queue.push(statement);
    this.sending = this.sending.catch(() => {}).then(() => this.flush());
    this.sending.catch(() => {});
  }

  // In their order, all that wait at once; what was kept before a connection broke is known by its id.
  async flush() {
    if (!this.token || this.queue.length === 0) return;
    const batch = this.queue.slice(0, 50);
    const answer = await this.ask('statements', { method: 'POST', body: JSON.stringify(batch) });
    if (!answer.ok) {
      const told = await answer.json().catch(() => ({}));
      throw new Error(told.detail ?? `HTTP ${answer.status}`);
    }
    this.queue.splice(0, batch.length);
    if (this.queue.length > 0) await this.flush();
  }

  ask(place, more = {}) {
    return fetch(this.launch.endpoint + place, {
      ...more,
      headers: {
        Authorization: `Basic ${this.token}`, 'X-Experience-API-Version': '1.0.3', 'Content-Type': 'application/json',
      },
    });
  }
}

// Pages that came without encryption from elsewhere than this machine lack the browser's own.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = bytes[6] & 15 | 64;
  bytes[8] = bytes[8] & 63 | 128;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}
