// What the desk alone does in the browser, beside ring.js: the words to say, the quiet's meter, where a
// button leads, and the queue by hand.
(() => {
  'use strict';
  if (!window.ring) return;
  const { near, store, clock, tick } = window.ring;

  // --- the words to say: one line of a moment at a time, on the desk -------------------------------
  const said = new Map(); // moment -> which of its lines is shown
  function turnTo(list, at) {
    const lines = [...list.children];
    said.set(list.dataset.says, at %= lines.length);
    lines.forEach((line, i) => { line.hidden = i !== at; });
    return lines[at];
  }
  document.addEventListener('click', event => {
    const list = near(event, '[data-say-next]')?.parentElement.querySelector('[data-says]');
    if (list) document.getElementById('say')?.replaceChildren(turnTo(list, said.get(list.dataset.says) + 1).textContent);
  });
  document.addEventListener('click', event => { // before it folds: its own event comes later, and a push in between would undo it
    const box = near(event, '[data-remember]>summary')?.parentElement;
    if (box) store.set(`shut:${box.dataset.remember}`, box.open);
  });

  // --- the quiet: seconds since anybody spoke or offered -------------------------------------------
  document.addEventListener('ring:tick', ({ detail: now }) => {
    for (const meter of document.querySelectorAll('[data-quiet-from]')) {
      const quiet = Math.max(0, Math.floor(((Number(meter.dataset.paused) || now) - meter.dataset.quietFrom) / 1000));
      meter.dataset.quiet = [45, 30, 20, 10].find(seconds => quiet >= seconds) || 0;
      meter.querySelector('[data-quiet-now]').textContent = quiet < 100 ? `${quiet} s` : clock(quiet * 1000);
      meter.querySelector('[data-quiet-bar]').setAttribute('width', Math.min(60, quiet));
    }
  });

  // --- where a button leads ------------------------------------------------------------------------
  let going = '';
  function reach() { // where a button leads, as soon as that is drawn
    const there = going && document.getElementById(going);
    if (!there) return;
    going = '';
    there.scrollIntoView({ block: 'center' });
    there.focus({ preventScroll: true });
  }
  document.addEventListener('click', event => {
    const to = near(event, '[data-then]');
    if (!to) return;
    going = to.dataset.then;
    for (const open of document.querySelectorAll('.menu[open],.sure-of[open]')) open.open = false;
    if (to.matches('a')) reach();
  });
  document.addEventListener('click', event => { const opener = near(event, '[data-opens]'); if (opener) document.getElementById(opener.dataset.opens).showModal(); });

  // --- the queue by hand: a face dragged onto another row posts the row's own form -------------------
  let dragged = null;
  const spot = event => { const onto = dragged && near(event, '[data-ask]'), box = onto && onto.getBoundingClientRect();
    return onto && { onto, after: event.clientY > box.top + box.height / 2 }; };
  const unmark = () => { for (const row of document.querySelectorAll('[data-drop]')) delete row.dataset.drop; };
  document.addEventListener('dragstart', event => {
    dragged = near(event, '[draggable]')?.closest('[data-ask]');
    if (dragged) event.dataTransfer.setDragImage(dragged, 20, 20);
  });
  document.addEventListener('dragover', event => {
    const at = spot(event);
    unmark();
    if (!at) return;
    event.preventDefault();
    at.onto.dataset.drop = at.after ? 'after' : 'before';
  });
  document.addEventListener('drop', event => {
    const at = spot(event), row = at && (at.after ? at.onto.nextElementSibling : at.onto), form = dragged?.querySelector('form');
    unmark();
    if (!at || at.onto === dragged) return;
    event.preventDefault();
    if (row === dragged || row === dragged.nextElementSibling && row) return; // where it is already
    if (row) form.elements.before.value = row.dataset.ask;
    form.requestSubmit(form.querySelector(row ? '[value=before]' : '[value=last]'));
  });
  document.addEventListener('dragend', () => { dragged = null; unmark(); });

  // --- after each push, and at the start -----------------------------------------------------------
  function settle() {
    for (const box of document.querySelectorAll('details[data-remember]')) box.open = !store.get(`shut:${box.dataset.remember}`);
    for (const list of document.querySelectorAll('[data-says]')) turnTo(list, said.get(list.dataset.says) || 0);
    reach();
  }
  document.addEventListener('ring:settled', settle);
  settle();
  tick();
})();
