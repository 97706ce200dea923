/* Every page of the console. ES2020 at most: station computers run an old Chromium.
   Nothing here is needed to get work done: links and forms work without it. */
(function () {
  'use strict';

  // Where the rail lies across a narrow window, it begins at the page that is open.
  var here = document.querySelector('.rail a[aria-current]');
  if (here) here.scrollIntoView({ block: 'nearest', inline: 'center' });

  // A long action says that it is under way, to the eye and to the ear.
  var working = document.getElementById('working');
  var open = 0;
  function busy(change) {
    open = Math.max(0, open + change);
    if (!working) return;
    working.classList.toggle('on', open > 0);
  }
  document.addEventListener('htmx:beforeRequest', function (event) {
    if (!event.detail.elt.hasAttribute('data-quiet')) busy(1);
  });
  document.addEventListener('htmx:afterRequest', function (event) {
    if (!event.detail.elt.hasAttribute('data-quiet')) busy(-1);
  });
  document.addEventListener('submit', function (event) {
    var form = event.target;
    // A second click on the same button is not a second booking.
    if (form.hasAttribute('data-sent')) { event.preventDefault(); return; }
    if (form.getAttribute('method') === 'post' && !form.hasAttribute('hx-post')) {  // a field may be called "method"
      form.setAttribute('data-sent', '');
      busy(1);
      window.setTimeout(function () { form.removeAttribute('data-sent'); busy(-1); }, 8000);
    }
  });
  // What stands in the form beside it by then is said too: a wish that she utters after the times were looked up.
  document.addEventListener('submit', function (event) {
    var beside = document.getElementById(event.target.dataset.saysToo || '');
    if (!beside) return;
    new FormData(beside).forEach(function (value, name) {
      var field = event.target.elements[name];
      if (field) field.value = value;
    });
  }, true);
  window.addEventListener('pageshow', function () {
    open = 0; busy(0);
    document.querySelectorAll('form[data-sent]').forEach(function (form) { form.removeAttribute('data-sent'); });
  });

  // What could not be fetched: say so, once, where messages are.
  document.addEventListener('htmx:sendError', function () {
    var messages = document.getElementById('messages');
    if (!messages || document.getElementById('no-network')) return;
    var note = document.createElement('div');
    note.id = 'no-network';
    note.className = 'msg warn';
    note.textContent = document.documentElement.lang === 'en'
      ? 'No connection right now. What you typed is still on the page: try again in a moment.'
      : '现在连不上网。你填的还在这一页上，过一会儿再点一次。';
    messages.appendChild(note);
  });
  document.addEventListener('htmx:afterOnLoad', function () {
    var note = document.getElementById('no-network');
    if (note) note.remove();
  });

  // A table wider than its panel is scrolled by keyboard too: where it scrolls it takes the focus and has a name.
  function nameOf(one) {
    var caption = one.querySelector('caption');
    var panel = one.closest('.panel');
    var heading = panel && panel.querySelector('h2');
    return (caption || heading || document.querySelector('h1') || one).textContent.trim();
  }
  function reachScrollers() {
    document.querySelectorAll('.scroll-x').forEach(function (one) {
      var scrolls = one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight;
      if (scrolls === one.hasAttribute('tabindex')) return;
      if (scrolls) {
        one.setAttribute('tabindex', '0');
        one.setAttribute('role', 'region');
        one.setAttribute('aria-label', nameOf(one));
      } else {
        ['tabindex', 'role', 'aria-label'].forEach(function (name) { one.removeAttribute(name); });
      }
    });
  }
  reachScrollers();
  window.addEventListener('load', reachScrollers);
  window.addEventListener('resize', reachScrollers);
  document.addEventListener('htmx:afterSettle', reachScrollers);
  document.addEventListener('toggle', reachScrollers, true);

  // "/" goes to the page's search box, as on most consoles.
  document.addEventListener('keydown', function (event) {
    if (event.key !== '/' || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    var box = document.querySelector('[data-search]');
    if (box) { event.preventDefault(); box.focus(); }
  });

  // What is typed in a long form and not saved yet outlives a closed window or a dead battery. It comes back only
  // where nobody has changed that part since ("seen"), and is forgotten once it is saved.
  function typedIn(form) {
    return Array.from(form.elements).filter(function (field) { return field.name && field.type !== 'hidden' && field.type !== 'submit'; })
      .map(function (field) { return field.type === 'checkbox' ? field.checked : field.value; });
  }
  document.querySelectorAll('form[data-keep]').forEach(function (form) {
    var name = 'typed:' + form.dataset.keep;
    var seen = form.elements.seen.value;
    var kept;
    try { kept = JSON.parse(window.localStorage.getItem(name) || 'null'); } catch (error) { kept = null; }
    if (kept && kept.seen === seen && kept.typed.length === typedIn(form).length && !document.querySelector('.msg.bad[role=alert]')) {
      var fields = Array.from(form.elements).filter(function (field) { return field.name && field.type !== 'hidden' && field.type !== 'submit'; });
      var differs = JSON.stringify(kept.typed) !== JSON.stringify(typedIn(form));
      fields.forEach(function (field, index) {
        if (field.type === 'checkbox') field.checked = kept.typed[index]; else field.value = kept.typed[index];
      });
      if (differs) {
        var note = document.createElement('p');
        note.className = 'cap t-warn';
        note.textContent = document.documentElement.lang === 'en'
          ? 'What you had typed here and not saved is back. Save it, or reload after changing it.'
          : '上次在这里写了没存的，已经放回来了。看过再存。';
        form.prepend(note);
      }
    } else if (kept && kept.seen !== seen) window.localStorage.removeItem(name);
    form.addEventListener('input', function () {
      try { window.localStorage.setItem(name, JSON.stringify({ seen: seen, typed: typedIn(form) })); } catch (error) { /* full: it can still be saved */ }
    });
  });

  // What says data-live-topic="…" is shown anew when something on that topic changes; what is being typed stays.
  var alive = document.querySelectorAll('[data-live-topic]');
  function again() {
    fetch(window.location.href, { credentials: 'same-origin' }).then(function (answer) {
      if (answer.redirected) window.location.reload();  // signed out in between
      return answer.text();
    }).then(function (text) {
      var fresh = new DOMParser().parseFromString(text, 'text/html');
      alive.forEach(function (old) {
        var part = fresh.getElementById(old.id);
        if (part) old.innerHTML = part.innerHTML;
      });
    }).catch(function () {});
  }
  function listen() {
    var topics = Array.from(alive, function (part) { return part.dataset.liveTopic; });
    var source = new EventSource('/live?topics=' + topics.join(','));
    source.addEventListener('change', again);
    // A browser comes again by itself, but not after an answer that was no stream: while the server starts again.
    source.addEventListener('error', function () {
      if (source.readyState === 2) window.setTimeout(function () { again(); listen(); }, 10000);
    });
  }
  if (alive.length && window.EventSource) listen();
  else if (alive.length) window.setInterval(again, 15000);
})();
