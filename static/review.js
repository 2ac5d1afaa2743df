// The map of a past ring: whoever the pointer or the keyboard is on, their threads stand out. Without it the
// links of the table do the same, one page at a time.
(() => {
  'use strict';
  for (const button of document.querySelectorAll('[data-print]')) { button.hidden = false; button.addEventListener('click', () => print()); }
  for (const button of document.querySelectorAll('[data-copy]')) {
    button.hidden = !navigator.clipboard;
    button.addEventListener('click', async () => { await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).innerText.trim()); button.textContent = button.dataset.copied; });
  }
  const map = document.querySelector('[data-map]');
  if (!map) return;
  const all = () => document.querySelectorAll('[data-by]');
  const seat = target => target.closest?.('[data-seat]')?.dataset.seat;
  const row = target => target.closest?.('tr[data-by]');
  const follow = (is) => {
    map.classList.toggle('following', Boolean(is));
    for (const one of all()) one.classList.toggle('of', Boolean(is) && is(one));
  };
  const look = ({ target }) => {
    const who = seat(target), thread = row(target);
    if (who) follow(one => one.dataset.by === who || one.dataset.asker === who);
    else if (thread) follow(one => one.dataset.by === thread.dataset.by && one.dataset.asker === thread.dataset.asker);
    else follow(null);
  };
  document.addEventListener('pointerover', look);
  document.addEventListener('focusin', look);
  map.addEventListener('click', ({ target }) => {
    const who = seat(target);
    if (who) location.search = `person=${who}`;
  });
})();
