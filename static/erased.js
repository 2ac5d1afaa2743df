// Somebody erased what is theirs in the ring whose code stands behind the #: what this device kept of it, drafts and
// what waited for a line, goes too.
(() => {
  'use strict';
  const code = location.hash.slice(1).toUpperCase();
  if (!code) return;
  for (const key of Object.keys(localStorage)) if (key.toUpperCase().replaceAll('-', '').includes(`/R/${code}`)) localStorage.removeItem(key);
})();
