// Keeps one page for when there is no line, and its files. No page of a ring is ever stored.
const CACHE = 'ringsite-{{ version }}', PAGE = '{% url "offline" %}';
const KEPT = [PAGE, {% for file in files %}'{{ file }}', {% endfor %}];

addEventListener('install', event => {
  event.waitUntil(caches.open(CACHE).then(cache => cache.addAll(KEPT)).then(() => skipWaiting()));
});
addEventListener('activate', event => {
  const old = names => names.filter(name => name.startsWith('ringsite-') && name !== CACHE);
  event.waitUntil(caches.keys().then(names => Promise.all(old(names).map(name => caches.delete(name)))));
});
addEventListener('fetch', event => {
  const { request } = event;
  if (request.method !== 'GET') return;
  if (request.mode === 'navigate') event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  else if (KEPT.includes(new URL(request.url).pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(request)));
  }
});
