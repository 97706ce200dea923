/* On every page of the console of whoever takes cases: is somebody calling? ES2020 at most.
   The page says every 15 seconds that it is open, whether it can be seen and whether it may sound ("somebody is there"
   rests on both), and at once when the live stream says that something has changed. A browser lets a page sound only after a click on it: until then the
   strip says so, and shows what it cannot sound. */
(function () {
  'use strict';
  var strip = document.getElementById('alarm');
  var sound = document.getElementById('alarm-sound');
  if (!strip) return;
  var mute = document.getElementById('alarm-mute');
  var hears = false;
  var asking = false; var again = false;
  var title = document.title;

  // What was let sound so softly that nobody hears it will be let ring. After a click on the page before, too.
  function unlock() {
    if (hears || !sound || ringing()) return;
    sound.volume = 0.001;
    sound.play().then(function () {
      sound.pause();
      hears = true;
      says();
      ask();
    }).catch(function () {}).then(function () { sound.volume = 1; });
  }
  function ringing() { return strip.querySelector('[data-rings]') !== null; }
  function says() {
    if (mute) mute.hidden = hears;
    document.body.classList.toggle('is-alarmed', ringing());
  }
  function ring() {
    var on = ringing();
    document.title = on ? '(' + strip.querySelector('[data-rings]').dataset.rings + ') ' + strip.dataset.words + ' · ' + title : title;
    says();
    if (!sound) return;
    if (!on) { sound.pause(); return; }
    sound.volume = 1;
    if (!sound.paused) return;
    sound.currentTime = 0;
    sound.play().then(function () { hears = true; says(); }).catch(function () { hears = false; says(); });
  }
  function tick() {
    document.querySelectorAll('[data-since]').forEach(function (one) {
      var began = Number(one.dataset.began || 0);
      if (!began) { began = Date.now() - Number(one.dataset.seconds || 0) * 1000; one.dataset.began = String(began); }
      var seconds = Math.max(0, Math.round((Date.now() - began) / 1000));
      var rest = String(seconds % 60);
      one.textContent = Math.floor(seconds / 60) + ':' + (rest.length < 2 ? '0' + rest : rest);
    });
  }
  function ask() {
    if (asking) { again = true; return; }
    asking = true;
    var body = new URLSearchParams();
    body.set('hears', hears ? '1' : '0');
    body.set('visible', document.visibilityState === 'visible' ? '1' : '0');
    fetch(strip.dataset.url, {
      method: 'POST', credentials: 'same-origin', body: body,
      headers: { 'HX-Request': 'true', 'HX-Current-URL': window.location.href, 'X-CSRFToken': strip.dataset.token }
    }).then(function (answer) {
      var door = answer.headers.get('HX-Redirect');
      if (door) window.location.href = door;
      if (door || !answer.ok) throw new Error(String(answer.status));
      return answer.text();
    }).then(function (text) {
      strip.dataset.lost = '';
      // What is the same is left alone: a screen reader would say it every 15 seconds.
      var found = text.match(/data-sign="([^"]*)"/);
      var sign = found ? found[1] : '';
      if (strip.dataset.sign !== sign) {
        var inside = strip.contains(document.activeElement);
        strip.innerHTML = text;
        strip.dataset.sign = sign;
        var first = strip.querySelector('[data-take]');
        if (inside && first) first.focus();
      }
      ring();
      tick();
    }).catch(function () { strip.dataset.lost = '1'; }).then(function () {
      asking = false;
      if (again) { again = false; ask(); }
    });
  }

  // One stream for the window that is looked at: hidden ones ask every 15 seconds, and a browser has few connections.
  var source = null;
  function listen() {
    if (!window.EventSource || source || document.visibilityState === 'hidden') return;
    source = new EventSource('/live?topics=' + strip.dataset.topics);
    source.addEventListener('open', ask);
    source.addEventListener('change', ask);
    source.addEventListener('error', function () {
      if (source && source.readyState === 2) { source = null; window.setTimeout(listen, 10000); }
    });
  }
  document.addEventListener('visibilitychange', function () {
    if (document.visibilityState !== 'hidden') { listen(); ask(); } else if (source) { source.close(); source = null; }
  });
  ['click', 'keydown'].forEach(function (name) {
    document.addEventListener(name, function () { unlock(); if (!hears && ringing()) ring(); });
  });

  listen();
  unlock();
  ask();
  says();
  window.setInterval(ask, 15000);
  window.setInterval(tick, 1000);
})();
