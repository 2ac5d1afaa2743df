// The net as the machine plays it: no frame, poll or close reaches the page but by its hand.
(() => {
  const net = window.net = { sockets: [], polls: [] };
  let dice = 1; // the page's waits are the same in each run, or no failure could be played again
  Math.random = () => (dice = dice * 16807 % 2147483647) / 2147483647;
  class Line {
    constructor(url) {
      this.url = String(url);
      this.readyState = 0;
      this.said = [];
      net.sockets.push(this);
    }
    send(text) {
      if (this.readyState !== 1) throw new Error('this line is not open');
      this.said.push(text);
    }
    close() { // as in a browser, the page hears of it later, or never
      if (this.readyState < 2) this.readyState = 2;
    }
  }
  window.WebSocket = Line;
  const real = window.fetch.bind(window);
  window.fetch = (url, ...rest) => String(url).includes('/screen/')
    ? new Promise((answer, fail) => net.polls.push({ url: String(url), answer, fail }))
    : url === '/healthz' ? Promise.resolve(new Response()) // somebody is always there: what fails is a line
    : real(url, ...rest);

  net.open = at => { net.sockets[at].readyState = 1; };
  net.deliver = (at, data) => {
    const line = net.sockets[at];
    if (line.readyState === 1) line.onmessage({ data });
  };
  net.cut = (at, code) => {
    const line = net.sockets[at];
    if (line.readyState === 3) return;
    line.readyState = 3;
    line.onclose({ code });
  };
  net.answer = (at, status, text) => net.polls[at].answer(new Response(text || null, { status }));
  net.fail = at => net.polls[at].fail(new TypeError('no net'));
  net.show = visible => {
    Object.defineProperty(document, 'hidden', { value: !visible, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
  net.turn = name => dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
  net.state = () => ({
    sockets: net.sockets.map(line => ({ url: line.url, state: line.readyState, said: line.said.splice(0) })),
    polls: net.polls.map(poll => poll.url),
    version: Number(document.body.dataset.version),
    veiled: document.body.classList.contains('veiled'),
    line: document.body.dataset.line,
    twice: [...document.querySelectorAll('[id]')].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i),
  });

  // --- what is shown, without what this page alone knows or counts ---
  const quiet = root => {
    const copy = root.cloneNode(true);
    for (const element of [copy, ...copy.querySelectorAll('*')]) {
      for (const mark of ['data-htmx-powered', 'data-dirty', 'data-op', 'data-quiet']) element.removeAttribute(mark);
      if (element.matches('details')) element.removeAttribute('open');
      if (element.matches('[name=csrfmiddlewaretoken]')) element.removeAttribute('value');
      if (element.matches('[role=timer],[data-at],[data-lag],[data-clock],[data-left],[data-time],[data-line],[data-quiet-now]')) element.textContent = '';
      if (element.matches('[data-arc]')) element.removeAttribute('stroke-dasharray');
      if (element.matches('[data-quiet-bar]')) element.removeAttribute('width');
      if (element.matches('[data-until],[data-says] > *') || element.querySelector(':scope > [data-keys]')) element.removeAttribute('hidden');
      element.classList.remove('you', 'past');
      if (!element.classList.length) element.removeAttribute('class');
      const attributes = [...element.attributes].sort((a, b) => a.name < b.name ? -1 : 1);
      for (const { name } of attributes) element.removeAttribute(name);
      for (const { name, value } of attributes) element.setAttribute(name, value);
    }
    return copy.outerHTML.replaceAll('><', '>\n<');
  };
  net.shown = id => quiet(document.getElementById(id));
  net.would = (id, html) => quiet(new DOMParser().parseFromString(html, 'text/html').getElementById(id));

  // --- typing ---
  const fields = () => [...document.querySelectorAll('form[data-keep] textarea, form[data-keep] input[type=text]')];
  net.fields = () => fields().filter(field => field.id).map(field => field.id);
  net.type = (id, text) => {
    const field = document.getElementById(id);
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  };
  net.typed = id => {
    const drafts = Object.entries(localStorage).filter(([key]) => key.startsWith('draft:')).map(([, text]) => text);
    return [...fields().filter(field => field.id === id).map(field => field.value), ...drafts];
  };
})();
