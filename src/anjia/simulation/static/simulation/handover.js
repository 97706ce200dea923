/* Gives the client the token of whoever was clicked, as the client itself keeps it (clients/src/session.ts). */
(function () {
  'use strict';
  var page = document.getElementById('handover');
  ['acting_for', 'me'].forEach(function (key) { window.localStorage.removeItem(key); });
  window.localStorage.setItem('token', page.dataset.token);
  window.localStorage.setItem('language', document.documentElement.lang === 'en' ? 'en' : 'zh-Hans');
  page.removeAttribute('data-token');
  window.location.replace(page.dataset.to);
})();
