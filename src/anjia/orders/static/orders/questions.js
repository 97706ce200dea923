/* A nurse asks in the middle of a visit: whoever answers hears and sees it, on whatever page of the console she is.
   ES2020 at most. Without EventSource, or while it is down, it asks every 20 seconds. */
(function () {
  'use strict';
  var me = document.currentScript;
  var list = document.getElementById('questions');
  var before = -1;

  function ring() {
    try {
      var audio = new (window.AudioContext || window.webkitAudioContext)();
      [0, 0.28].forEach(function (after) {
        var tone = audio.createOscillator(); var loud = audio.createGain();
        tone.frequency.value = 880; loud.gain.value = 0.12;
        tone.connect(loud); loud.connect(audio.destination);
        tone.start(audio.currentTime + after); tone.stop(audio.currentTime + after + 0.16);
      });
    } catch (error) { /* no sound: it still stands there */ }
  }
  function say(mine) {
    var old = document.getElementById('asked');
    if (old) old.remove();
    if (!mine || list) return;
    var box = document.createElement('div');
    box.id = 'asked'; box.className = 'msg warn';
    var link = document.createElement('a');
    link.className = 'b sm primary'; link.href = me.dataset.page; link.textContent = me.dataset.open;
    var words = document.createElement('span');
    words.className = 'grow'; words.textContent = me.dataset.words.replace('0', String(mine));
    box.append(words, link);
    document.getElementById('messages').prepend(box);
  }
  function look() {
    fetch(me.dataset.part, { credentials: 'same-origin', headers: { 'HX-Request': 'true' } }).then(function (response) {
      if (!response.ok) throw new Error(String(response.status));
      return response.text();
    }).then(function (html) {
      var box = document.createElement('div');
      box.innerHTML = html;
      var found = box.querySelector('[data-waiting]');
      if (!found) return;
      var mine = Number(found.dataset.mine);
      if (list && !list.contains(document.activeElement) && !new URLSearchParams(window.location.search).get('after')) list.innerHTML = html;
      if (before >= 0 && mine > before) ring();
      before = mine;
      say(mine);
    }).catch(function () {});
  }
  // The page of one question is open: a photo that comes later is shown, and what is being written stays.
  var shown = document.getElementById('asked-of');
  function photoCame(event) {
    var said = {};
    try { said = JSON.parse(event.data); } catch (error) { return; }
    if (!shown || said.topic !== 'questions.photos' || said.id !== shown.dataset.visit) return;
    fetch(window.location.pathname, { credentials: 'same-origin' }).then(function (response) {
      return response.ok ? response.text() : '';
    }).then(function (html) {
      var fresh = new DOMParser().parseFromString(html, 'text/html').getElementById('asked-of');
      if (fresh) { shown.replaceWith(fresh); shown = fresh; }
    }).catch(function () {});
  }
  var soon = 0;
  function changed() {
    if (soon) return;
    soon = window.setTimeout(function () { soon = 0; look(); }, 400);
  }
  var polling = 0;
  function poll() { if (!polling) polling = window.setInterval(look, 20000); }
  if (window.EventSource) {
    var source = new EventSource('/live?topics=orders.QuestionAsked,orders.QuestionHanded,orders.QuestionAnswered' + (shown ? ',questions.photos' : ''));
    source.addEventListener('open', function () { if (polling) { window.clearInterval(polling); polling = 0; look(); } });
    source.addEventListener('change', function (event) { if (event.data.indexOf('questions.photos') < 0) changed(); });
    source.addEventListener('change', photoCame);
    source.addEventListener('error', poll);
  } else poll();
  look();

  // What may be said depends on whether the condition is known; the server asks it again.
  var form = document.querySelector('form[data-answer]');
  function fit() {
    var known = form.querySelector('input[name=is_known]:checked');
    var isNew = Boolean(known) && known.value === 'no';
    form.querySelectorAll('[data-known]').forEach(function (each) {
      each.hidden = isNew;
      each.querySelectorAll('input').forEach(function (input) { if (isNew) input.checked = false; input.disabled = isNew; });
    });
    var kind = form.querySelector('input[name=kind]:checked');
    form.querySelector('[data-change]').hidden = !kind || kind.value !== 'changed';
  }
  if (form) { form.addEventListener('change', fit); fit(); }
})();
