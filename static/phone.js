// What a phone does beside following its ring (ring.js): it keeps what could not be sent, writes what is tapped,
// stays awake while the ring runs, and says what was missed meanwhile.
(() => {
  'use strict';

  // --- the outbox: what was sent while there was no line is kept on this device, shown as waiting, and sent under its
  // own op until there is an answer, so that it is applied once; what came too late says so and keeps its words -------
  const place = document.getElementById('waiting');
  const EVERY = 4000, PATIENCE = 15000;
  const key = `outbox:${location.pathname.split('/').slice(0, 3).join('/')}`;
  let held = ring.store.get(key) || []; // in a private window the page alone holds it
  const all = () => held;
  const keep = items => { held = items; ring.store.set(key, items.length ? items : null); show(items); };
  const token = () => JSON.parse(document.body.getAttribute('hx-headers:inherited'))['X-CSRFToken'];
  let sending = false;

  document.addEventListener('ring:unsent', event => {
    const { form, body } = event.detail;
    const fields = [...body].filter(([name, value]) => name !== 'csrfmiddlewaretoken' && typeof value === 'string');
    const op = form.dataset.op, item = { op, to: form.getAttribute('hx-post'), what: form.dataset.outbox, fields };
    keep([...all().filter(other => other.op !== op), item]);
    ring.sent(form); // it is not lost any more, so the field is free for what comes next
    if (form.isConnected) form.reset();
  });

  async function flush() {
    if (sending || document.hidden) return;
    sending = true;
    for (const item of all().filter(item => !item.late)) if (!await send(item)) break;
    sending = false;
  }
  async function send(item) { // false: still no line
    const stop = new AbortController(), patience = setTimeout(() => stop.abort(), PATIENCE);
    const headers = { 'X-CSRFToken': token(), 'HX-Request': 'true' }, body = new URLSearchParams(item.fields);
    const answer = await fetch(item.to, { method: 'POST', headers, body, signal: stop.signal }).catch(() => null);
    clearTimeout(patience);
    if (!answer || answer.status >= 500 || answer.status === 429) return false;
    const rest = all().filter(other => other.op !== item.op);
    if (answer.ok) keep(rest);
    else keep([...rest, { ...item, late: await sentence(answer) }]);
    return true;
  }
  async function sentence(answer) {
    const said = new DOMParser().parseFromString(await answer.text(), 'text/html').body.textContent.trim();
    return answer.status === 409 && said ? said : ring.text('look_again');
  }

  function show(items) {
    place.hidden = !items.length;
    place.replaceChildren(...items.map(line));
  }
  function line(item) {
    const card = document.createElement('div'), said = document.createElement('p'), words = document.createElement('p');
    card.className = `card list waits${item.late ? ' late' : ''}`;
    said.append(ring.text(item.late ? 'late' : 'queued', { what: item.what, why: item.late }));
    words.className = 'meta';
    words.append(item.fields.filter(([name]) => ['text', 'why', 'note', 'words'].includes(name)).map(([, value]) => value).join(' '));
    card.append(said, words);
    if (item.late) {
      const away = document.createElement('button');
      away.className = 'btn sm';
      away.type = 'button';
      away.append(ring.text('put_away'));
      away.addEventListener('click', () => keep(all().filter(other => other.op !== item.op)));
      card.append(away);
    }
    return card;
  }

  show(all());
  flush();
  addEventListener('online', flush);
  addEventListener('storage', event => { if (event.key === key) { held = ring.store.get(key) || []; show(held); } }); // another tab of mine
  document.addEventListener('ring:settled', flush);
  setInterval(flush, EVERY);

  // --- a tap that writes: chips of the Ask studio, first words of an offer ------------------------------------------
  const form = () => document.querySelector('form.composer'), BLANK = '___';
  function zone() {
    for (const field of document.querySelectorAll('input[name=zone]')) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || '';
  }
  function write(box, words) {
    const before = box.value.trimEnd(), at = words.indexOf(BLANK), start = before ? before.length + 1 : 0;
    box.value = (before ? `${before} ` : '') + words.replaceAll(BLANK, '…');
    box.focus();
    if (at >= 0) box.setSelectionRange(start + at, start + at + 1); // the first typed letter takes the place of the …
    box.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  document.addEventListener('click', event => {
    const chip = event.target instanceof Element && event.target.closest('[data-put], form.composer button[formaction]');
    if (!chip || chip.name === 'examples') return;
    if (chip.dataset.put) return write(document.getElementById(chip.dataset.into), chip.dataset.put);
    event.preventDefault();
    if (chip.name === 'put') return write(form().elements.text, chip.value);
    const day = form().elements.by;
    if (chip.name === 'day') {
      day.value = chip.value;
      day.dispatchEvent(new InputEvent('input', { bubbles: true }));
    } else { day.focus(); try { day.showPicker?.(); } catch { /* the field has the focus; that is enough */ } }
  });
  document.addEventListener('htmx:after:swap', zone);
  zone();

  // --- awake while the ring runs, and what was missed ---------------------------------------------------------------
  const AWAY = 20000, since = key.replace('outbox', 'turn');
  let lock = null;
  async function awake() {
    const runs = document.querySelector('[data-awake]') && !document.hidden;
    try {
      if (runs && !lock) {
        lock = await navigator.wakeLock?.request('screen') || null;
        lock?.addEventListener('release', () => { lock = null; });
      } else if (!runs && lock) await lock.release();
    } catch { lock = null; /* not allowed just now: the phone sleeps as it likes */ }
  }
  function missed() {
    const turn = Number(document.querySelector('[data-turn]')?.dataset.turn || 0), was = ring.store.get(since);
    const asks = was && Date.now() - was.at > AWAY ? turn - was.turn : 0, card = document.getElementById('missed');
    if (asks > 0 && card) {
      card.querySelector('b').textContent = ring.text(asks === 1 ? 'missed_one' : 'missed', { n: asks });
      card.hidden = false;
    }
    if (document.body.dataset.line !== 'wait' && document.body.dataset.line !== 'stale') ring.store.set(since, { turn, at: Date.now() });
  }
  document.addEventListener('ring:settled', () => { awake(); missed(); });
  document.addEventListener('visibilitychange', awake);
  setInterval(() => { if (document.body.dataset.line === 'live' && !document.hidden) missed(); }, 5000);
  document.addEventListener('click', event => { if (ring.near(event, '#missed')) document.getElementById('missed').hidden = true; });
  awake();
  missed();
  navigator.serviceWorker?.register('/sw.js').catch(() => { /* without it there is no page for no line, and all else works */ });
})();
