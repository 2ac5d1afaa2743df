// A page that follows its ring. Commands go up as form posts (htmx); fragments come down here, are
// morphed in by id, and nobody's typing is touched. Below: the line, the frames, typing, the clock.
(() => {
  'use strict';
  const body = document.body, page = body.dataset;
  if (!page.live) return;

  const near = (event, selector) => event.target instanceof Element && event.target.closest(selector);

  // --- the line to the ring -----------------------------------------------------------------------
  const SILENCE = 35000, PATIENCE = 8000, CAP = 2000, POLL = 10000, LATE = 3000, NAP = 5000, SAY_AFTER = 64000;
  const words = JSON.parse(document.getElementById('words').textContent); // rings/words.py, in the page's language
  const text = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const shown = { version: Number(page.version), now: Number(page.now) };
  let socket = null, attempts = 0, retry = 0, heard = Date.now(), offset = shown.now - heard, unsaid = 0, over = '';
  let tried = 0, first = true, looked = heard, slept = false;

  function connect() {
    clearTimeout(retry);
    if (over || document.hidden) return;
    drop();
    tried = Date.now();
    first = true;
    const url = new URL(page.live, location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.search = standing();
    const mine = socket = new WebSocket(url);
    mine.onmessage = event => { if (mine === socket) { attempts = 0; take(JSON.parse(event.data)); read(event.data.length); } };
    mine.onclose = event => {
      if (mine !== socket) return;
      socket = null;
      if (page.audience === 'phone' && (event.code === 4403 || event.code === 4404)) return location.reload(); // what this seat sees now: kind words, not an old screen
      if (event.code >= 4400 && event.code < 4500) over = words[event.code] || words.lost;
      else later();
    };
  }
  // what this page shows, and in which language
  const standing = () => `since=${shown.version}${document.querySelector('[data-lost]') ? 'a' : ''}&lang=${document.documentElement.lang}`;
  function later() {
    clearTimeout(retry);
    retry = setTimeout(attempts > 2 ? knock : connect, Math.random() * Math.min(CAP, 250 * 2 ** attempts++));
  }
  async function knock() { // a browser holds up, for seconds, a page whose sockets failed often: is anybody there at all?
    const stop = new AbortController(), patience = setTimeout(() => stop.abort(), PATIENCE);
    const there = await fetch('/healthz', { cache: 'no-store', signal: stop.signal }).then(answer => answer.ok, () => false);
    clearTimeout(patience);
    if (!socket) there ? connect() : later();
  }
  function drop() {
    const old = socket;
    socket = null;
    if (old) old.close();
  }
  function say() {
    unsaid = 0;
    if (live()) socket.send(JSON.stringify({ here: !document.hidden }));
  }
  function read(characters) { // the server sends no more to a page that never says it reads
    unsaid += characters;
    if (unsaid > SAY_AFTER) say();
  }
  function look() { // once a second: a silent line is a dead one; a blocked one is asked by HTTP instead
    const now = Date.now();
    slept ||= now - looked > NAP; // a lid was closed, a pocket: timers stood still, and perhaps no event says so
    looked = now;
    if (slept && !document.hidden) wake();
    if (socket && now - Math.max(heard, tried) > (heard < tried ? PATIENCE : SILENCE)) { attempts++; connect(); }
    if (!live() && attempts > 2 && Date.now() - asked > POLL && !document.hidden && !over) poll();
    line();
  }
  const live = () => socket && socket.readyState === 1;
  let asked = 0, answered = 0, lost = Date.now();
  async function poll() {
    asked = Date.now();
    try {
      const answer = await fetch(`${page.live.replace('/live/', '/screen/')}?${standing()}`);
      if (answer.status === 404) over = words[4404];
      else if (answer.ok) { first = true; take(await answer.json()); }
      if (answer.ok || answer.status === 304) { heard = answered = Date.now(); unveil(); }
    } catch { /* still offline: the banner says so */ }
  }
  function line() {
    const banner = document.getElementById('banner');
    if (live() || over || Date.now() - answered < POLL + 3000) lost = Date.now();
    const down = Date.now() - lost, state = over || down > 20000 ? 'stale' : down > 2000 ? 'wait' : '';
    page.line = over ? 'over' : state || 'live';
    const sign = document.querySelector('.live[data-line]'), word = state ? words.waiting : words.live;
    if (sign && sign.textContent !== word) sign.textContent = word;
    if (!banner || banner.dataset.state === state + over) return;
    banner.dataset.state = state + over;
    banner.hidden = !state;
    banner.className = `banner ${state || 'wait'}`;
    const at = new Date(heard).toTimeString().slice(0, 5);
    banner.querySelector('[data-banner-title]').textContent = over || (state === 'stale' ? text('stale', { at }) : words.finding);
    banner.querySelector('[data-banner-text]').textContent = over ? '' : text('known', { at });
    banner.querySelector('[data-try]').hidden = state !== 'stale' || !!over;
  }
  function wake() { // back from sleep: old content is veiled until the first word from the server
    arrived = Date.now();
    const now = Date.now();
    if (slept || now - looked > NAP || now - heard > 15000 || !socket) { slept = false; looked = now; body.classList.add('veiled'); attempts = 0; connect(); } else say();
  }
  document.addEventListener('visibilitychange', () => document.hidden ? say() : wake());
  addEventListener('pageshow', event => { if (event.persisted) { drop(); wake(); } });
  addEventListener('pagehide', drop);
  addEventListener('online', () => { drop(); attempts = 0; arrived = Date.now(); connect(); });
  addEventListener('offline', () => { drop(); later(); }); // 'online' may never come

  // --- frames -------------------------------------------------------------------------------------
  let queue = Promise.resolve();
  function then(step) { // one after the other; one that fails must not hold up the rest
    queue = queue.then(step).catch(error => console.error(error));
  }
  function take(frame) {
    const late = !first && Date.now() + offset - frame.now > LATE; // it lay waiting while this page or its line slept
    if (!late) heard = Date.now();
    // a delay only ever makes a frame look older: the best one counts (a millisecond a frame for clocks that drift)
    offset = first ? frame.now - Date.now() : Math.max(frame.now - Date.now(), offset - 1);
    first = false;
    const names = Object.keys(frame.fragments); // none in a heartbeat, which proves the line and shows nothing
    const newer = frame.version > shown.version || (frame.version === shown.version && frame.now >= shown.now);
    if (newer && names.length) {
      Object.assign(shown, { version: frame.version, now: frame.now });
      page.version = frame.version;
      for (const id of names) then(() => swap(id, frame.fragments[id]));
    }
    if (!late) unveil();
    if (!names.length) say();
  }
  function unveil() {
    then(() => body.classList.remove('veiled'));
  }
  async function swap(id, html) {
    const old = document.getElementById(id);
    if (!old) return;
    const fresh = new DOMParser().parseFromString(html, 'text/html');
    for (const form of old.querySelectorAll('form[data-keep]')) {
      if (form.dataset.dirty && !fresh.getElementById(form.id)) keep(form);
    }
    for (const form of document.querySelectorAll('#unsent > form')) { // its time has come again: back into its place
      if (!fresh.getElementById(form.id)) continue;
      form.parentElement.hidden = form.parentElement.children.length < 2;
      old.append(form);
    }
    await htmx.swap({ sourceElement: body, target: old, text: html, swap: 'outerMorph', transition: false });
    settle();
  }
  function settle() { // what this page alone knows: which bead is mine, and what I was typing
    for (const keys of document.querySelectorAll('[data-keys]')) { keys.checked = !store.get('keys-off'); keys.closest('[hidden]')?.removeAttribute('hidden'); }
    for (const copy of document.querySelectorAll('[data-copy]')) copy.hidden = !navigator.clipboard;
    for (const mine of document.querySelectorAll(`[data-seat="${page.me || '-'}"]`)) mine.classList.add('you');
    restore();
    tick();
    document.dispatchEvent(new Event('ring:settled'));
    buzz(document.querySelector('[data-buzz]')?.dataset.buzz || '');
    const back = Date.now() - arrived < 10000 && document.querySelector('form[data-back]');
    if (back) { arrived = 0; back.requestSubmit(); } // who was called and away takes their place again by coming
  }
  let felt = null, arrived = Date.now();
  function buzz(what) { // once when I am next, once when the ring is mine; never for what a page opens with
    if (what && felt !== null && what !== felt && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(what.startsWith('turn') ? [200, 100, 200] : 200);
    felt = what;
  }

  // --- typing is sacred ---------------------------------------------------------------------------
  const place = form => `draft:${location.pathname.split('/').slice(0, 3).join('/')}:${form.id}`;
  const store = { get: k => { try { return JSON.parse(localStorage.getItem(k)); } catch { return null; } },
    set: (k, v) => { try { v ? localStorage.setItem(k, JSON.stringify(v)) : localStorage.removeItem(k); } catch { /* full or private */ } } };
  const fields = form => [...form.elements].filter(e => e.name && e.type !== 'hidden' && e.type !== 'submit');
  function keep(form) { // what it is for has passed: the form moves aside, still able to send
    const aside = document.getElementById('unsent');
    if (!aside) return;
    if (form.dataset.late) form.querySelector('[data-note]')?.replaceChildren(form.dataset.late);
    const typing = form.contains(document.activeElement) && document.activeElement;
    aside.append(form);
    aside.hidden = false;
    if (typing) typing.focus({ preventScroll: true });
  }
  function restore() {
    for (const form of document.querySelectorAll('form[data-keep]')) {
      const draft = !form.dataset.dirty && store.get(place(form));
      if (!draft) continue;
      for (const field of fields(form)) {
        const value = draft[field.name];
        if (value === undefined) continue;
        if (field.type === 'radio' || field.type === 'checkbox') field.checked = value === true || value === field.value;
        else field.value = value;
      }
      form.dataset.dirty = '1';
    }
  }
  document.addEventListener('input', event => {
    const form = event.target.form;
    if (!form || !form.matches('form[data-keep]')) return;
    form.dataset.dirty = '1';
    rest(form);
    delete form.dataset.op; // an op is for what was sent: other words are another sending
    const draft = {};
    for (const f of fields(form)) {
      if (f.type === 'checkbox') draft[f.name] = f.checked;
      else if (f.type !== 'radio' || f.checked) draft[f.name] = f.value;
    }
    store.set(place(form), draft);
  });
  const sent = form => { store.set(place(form), null); delete form.dataset.dirty; delete form.dataset.op;
    if (form.parentElement?.id === 'unsent') { form.parentElement.hidden = form.parentElement.children.length < 2; form.remove(); } };
  // the form that is being sent; what only looks at one (the studio) is an element of its own
  const posts = event => event.target instanceof HTMLFormElement && event.detail.ctx.request.method === 'POST' && event.target;
  const TWICE = 700, pressed = {}; // ms in which a second press of the same button is the same press
  document.addEventListener('htmx:config:request', event => {
    const form = posts(event), ctx = event.detail.ctx;
    if (!form) return;
    if (Date.now() - pressed[form.id] < TWICE) return event.preventDefault(); // a push may already have made it another Next
    pressed[form.id] = Date.now();
    form.dataset.op ||= crypto.randomUUID ? crypto.randomUUID() : '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, c => (+c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> +c / 4).toString(16));
    ctx.request.body.set('op', form.dataset.op); // the same one for every try of this sending
  });
  document.addEventListener('htmx:after:request', event => {
    const { ctx } = event.detail, form = posts(event);
    if (!form) return;
    const status = ctx.response.status;
    if (status >= 500) return again(form, ctx);
    rest(form);
    if (status < 400) { tell(''); sent(form); if (!live()) poll(); } else delete form.dataset.op;
    if (status === 204 && form.matches('[data-clear]')) form.reset();
    if (status >= 400 && ![409, 422, 429].includes(status)) tell(words.failed);
  });
  document.addEventListener('htmx:error', event => {
    const { ctx } = event.detail, form = ctx && posts(event);
    if (form) again(form, ctx);
  });
  const RETRY = 30000, trying = new Map(); // form -> { since, timer }: what got no answer is sent again, with the same op
  function again(form, ctx) {
    if (form.matches('[data-outbox]')) { // kept on the device until the line is back (phone.js)
      if (!ctx.request.body.get('op')) ctx.request.body.set('op', form.dataset.op);
      return document.dispatchEvent(new CustomEvent('ring:unsent', { detail: { form, body: ctx.request.body } }));
    }
    const { since = Date.now() } = rest(form);
    if (!form.isConnected || Date.now() - since > RETRY) return tell(words.unsent);
    const send = () => form.isConnected && form.requestSubmit(ctx.request.submitter);
    trying.set(form, { since, timer: setTimeout(send, 1000 + 2000 * Math.random()) });
    tell(words.saving);
  }
  function rest(form) { // no more tries by itself
    const was = trying.get(form) || {};
    clearTimeout(was.timer);
    trying.delete(form);
    return was;
  }
  function tell(sentence) { // the page's own words, in the same place as the server's
    const banner = document.createElement('div');
    banner.className = 'banner err';
    banner.textContent = sentence;
    document.getElementById('word')?.replaceChildren(...(sentence ? [banner] : []));
  }

  // --- the clock: moments come from the server, the page only shows them ---------------------------
  const two = n => String(n).padStart(2, '0');
  const clock = ms => `${Math.floor(ms / 60000)}:${two(Math.floor(ms / 1000) % 60)}`;
  const spoken = new Set();
  function tick() {
    const now = Date.now() + offset;
    for (const timer of document.querySelectorAll('[data-deadline]')) {
      const left = Number(timer.dataset.deadline) - Number(timer.dataset.paused || now);
      timer.textContent = left < 0 ? `+${clock(-left)}` : clock(left + 999);
      timer.classList.toggle('past', left < 0);
      timer.classList.toggle('soon', left >= 0 && left <= 30000);
      const total = Number(timer.dataset.total), arc = timer.dataset.total && document.querySelector('[data-arc]');
      if (arc) arc.setAttribute('stroke-dasharray', `${Math.min(100, Math.max(0, 100 * (1 - left / total)))} 100`);
      if (timer.dataset.say && !timer.dataset.paused) milestone(timer, left);
    }
    for (const when of document.querySelectorAll('[data-ends]')) {
      const late = Math.max(0, (Number(when.dataset.paused) || now) - Number(when.dataset.due)) + (when.dataset.paused ? now - when.dataset.paused : 0);
      const at = new Date(Number(when.dataset.ends) + late), behind = Math.round((at - Number(when.dataset.plan)) / 60000);
      when.querySelector('[data-at]').textContent = `${two(at.getHours())}:${two(at.getMinutes())}`;
      const lag = when.querySelector('[data-lag]');
      if (lag) lag.textContent = behind > 0 ? text('behind', { n: behind }) : behind < 0 ? text('ahead', { n: -behind }) : words.on_time;
    }
    document.dispatchEvent(new CustomEvent('ring:tick', { detail: now })); // the desk has more to count (desk.js)
    for (const time of document.querySelectorAll('[data-time]')) time.textContent = new Date(Number(time.dataset.time)).toTimeString().slice(0, 5);
    for (const wall of document.querySelectorAll('[data-clock]')) wall.textContent = new Date(now).toTimeString().slice(0, 5);
    for (const brief of document.querySelectorAll('[data-until]')) {
      const left = Math.ceil((Number(brief.dataset.until) - now) / 1000);
      brief.hidden = left <= 0;
      const count = brief.querySelector('[data-left]');
      if (count) count.textContent = `${Math.max(0, left)} s`;
    }
  }
  function milestone(timer, left) {
    const mark = left <= 0 ? words.time : left <= 30000 ? words.half_minute : '', key = timer.dataset.deadline + mark;
    if (!mark || spoken.has(key)) return;
    spoken.add(key);
    document.getElementById('say')?.replaceChildren(mark);
    if (left > 0 && page.audience === 'phone' && navigator.userActivation?.hasBeenActive) navigator.vibrate?.(80); // of the asker alone: no other phone has this timer
  }

  // --- keys (desk and stage), and the start ----------------------------------------------------------
  document.addEventListener('keydown', event => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || near(event, 'input,textarea,select,dialog[open]')) return;
    if (event.key.toLowerCase() === 'd' && page.audience === 'stage') {
      const root = document.documentElement;
      root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
    }
    if (store.get('keys-off')) return;
    const key = { ArrowRight: 'n', ArrowLeft: 'b' }[event.key] || event.key.toLowerCase();
    const meant = document.querySelector(`[data-key="${CSS.escape(key)}"]`), drawer = meant?.closest('.drawer');
    if (!meant) return;
    event.preventDefault(); // no key also scrolls, or is typed into what it opens
    if (!meant.matches('select')) return meant.click();
    if (drawer) drawer.open = true;
    meant.focus();
  });
  document.addEventListener('click', event => {
    const copy = near(event, '[data-copy]');
    if (copy) navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).innerText.trim()).then(() => copy.replaceChildren(text('copied')), () => copy.replaceChildren(text('copy_yourself')));
  });
  document.addEventListener('change', event => { if (near(event, '[data-keys]')) store.set('keys-off', !event.target.checked); });
  document.addEventListener('click', event => { if (near(event, '[data-try]')) { attempts = 0; connect(); } });
  window.ring = { near, store, clock, tick, sent, text };
  settle();
  setInterval(tick, 250);
  setInterval(look, 1000);
  connect();
})();
