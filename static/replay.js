// A past ring played again: the line of time, and the stage in its frame, morphed from moment to moment as the
// live one is. Without it, links and a form go from one moment to another.
(() => {
  'use strict';
  const film = document.querySelector('[data-film]');
  if (!film) return;
  const moments = JSON.parse(document.getElementById('moments').textContent);
  const find = what => film.querySelector(what);
  const frame = find('iframe'), time = find('[data-time]'), said = find('[data-said]'), choice = find('select'), play = find('[data-play]');
  const BEAT = 200, length = moments.at(-1).s; // ms between two looks at the time while playing
  const at = version => moments.findIndex(each => String(each.at) === version);
  let now = time.valueAsNumber, here = at(new URL(frame.src).searchParams.get('at')), shown = here, busy = false, timer = 0;

  // --- the stage ------------------------------------------------------------------------------------
  async function draw() { // what came while one was drawn is passed over, but for the last
    if (busy) return;
    busy = true;
    try {
      while (shown !== here) {
        const next = here;
        await put(`${film.dataset.scene}?at=${moments[next].at}`);
        shown = next;
      }
    } catch {
      stop();
      said.textContent = film.dataset.failed;
    }
    busy = false;
  }
  async function put(address) {
    const { htmx } = frame.contentWindow, stage = frame.contentDocument;
    if (!htmx) return frame.contentWindow.location.replace(address); // it is not there yet
    const answer = await fetch(address, { cache: 'no-store' });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const id of ['stage_scene', 'stage_foot']) {
      const text = page.getElementById(id).outerHTML;
      await htmx.swap({ sourceElement: stage.body, target: stage.getElementById(id), text, swap: 'outerMorph', transition: false });
    }
  }

  // --- the time -------------------------------------------------------------------------------------
  function go(place, seconds) { // to a moment; `seconds` is where the time is, if it is later
    here = Math.min(Math.max(place, 0), moments.length - 1);
    const { say, s } = moments[here];
    now = seconds ?? s;
    time.value = now;
    time.setAttribute('aria-valuetext', say);
    said.ariaLive = timer || document.activeElement === time ? 'off' : 'polite';
    if (said.textContent !== say) said.textContent = say;
    choice.value = moments[moments.findLastIndex((each, i) => each.begins && i <= here)].at;
    draw();
    if (!timer) keep();
  }
  const seek = seconds => go(moments.findLastIndex(each => each.s <= seconds), seconds);
  function turn(way) {
    const on = (each, i) => each.begins && (way > 0 ? i > here : i < here);
    go(way > 0 ? (moments.findIndex(on) + 1 || moments.length) - 1 : moments.findLastIndex(on));
  }
  function keep() { // a reload, a link and the stage alone are of this moment
    const question = `?at=${moments[here].at}`;
    history.replaceState(null, '', question);
    document.querySelector('[data-alone]').search = question;
  }

  // --- playing --------------------------------------------------------------------------------------
  function stop() {
    clearInterval(timer);
    timer = 0;
    look();
    keep();
  }
  function toggle() {
    if (timer) return stop();
    if (now >= length) go(0);
    timer = setInterval(() => {
      const speed = Number(find('[name=speed]:checked').value);
      seek(Math.min(now + speed * BEAT / 1000, length));
      if (now >= length) stop();
    }, BEAT);
    look();
  }
  function look() {
    find('[data-still]').hidden = Boolean(timer);
    find('[data-playing]').hidden = !timer;
  }

  const KEYS = {
    ArrowRight: () => go(here + 1), ArrowUp: () => go(here + 1), ArrowLeft: () => go(here - 1), ArrowDown: () => go(here - 1),
    PageUp: () => turn(1), PageDown: () => turn(-1), Home: () => go(0), End: () => go(moments.length - 1), ' ': toggle,
  };
  film.addEventListener('keydown', event => {
    const act = KEYS[event.key], { target } = event;
    if (!act || event.ctrlKey || event.metaKey || event.altKey || target.matches('select,[type=radio]')) return;
    if (event.key === ' ' && target !== time) return; // a button's own
    event.preventDefault();
    act();
  });
  film.addEventListener('click', event => {
    const way = event.target.closest('[data-turn]');
    if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    turn(Number(way.dataset.turn));
  });
  film.addEventListener('submit', event => {
    event.preventDefault();
    go(at(choice.value));
  });
  time.addEventListener('input', () => seek(time.valueAsNumber));
  play.addEventListener('click', toggle);
  for (const each of document.querySelectorAll('[data-scripted]')) each.hidden = false;
  find('[data-unscripted]').remove();
})();
