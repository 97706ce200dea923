/* The timelines by hand: a visit is dragged to another line or hour, and what that breaks and costs is asked at once.
   Nothing is changed before it is confirmed. ES2020 at most. By keyboard the same is asked from the visit's page. */
(function () {
  'use strict';
  var me = document.currentScript;
  var box = document.getElementById('gantt');
  var dialog = document.getElementById('given-dialog');
  if (!box || !dialog || !dialog.showModal) return;
  var STEP = 5;  // minutes
  var FAR = 6;   // pixels: less is a click
  var held = null;

  function row(under) { return under && under.closest ? under.closest('.g-r[data-staff]') : null; }
  function two(n) { return ('0' + n).slice(-2); }
  function clock(minutes) { return two(Math.floor(minutes / 60)) + ':' + two(minutes % 60); }
  function over(event) {
    held.bar.style.pointerEvents = 'none';
    var found = row(document.elementFromPoint(event.clientX, event.clientY));
    held.bar.style.pointerEvents = '';
    return found;
  }
  function minutesAt(event) {
    var gantt = held.line.closest('.gantt');
    var day = (Number(gantt.dataset.last) - Number(gantt.dataset.first)) * 60;
    var moved = (event.clientX - held.x) / held.line.clientWidth * day;
    if (Math.abs(event.clientX - held.x) < FAR * 2) return held.at;  // straight up or down: at the promised time
    return Math.min(1435, Math.max(0, Math.round((held.at + moved) / STEP) * STEP));
  }
  function letGo() {
    if (!held) return;
    document.body.classList.remove('dragging');
    held.bar.style.transform = '';
    held.bar.removeAttribute('data-says');
    if (held.over) held.over.classList.remove('drop');
    held = null;
  }
  function ask(bar, staff, at) {
    var url = me.dataset.give.replace('00000000-0000-0000-0000-000000000000', bar.dataset.drag) +
      '?' + new URLSearchParams({ from: bar.closest('.g-r').dataset.staff, staff_id: staff, clock: at }).toString();
    var body = dialog.querySelector('.given');
    body.textContent = dialog.dataset.asking;
    dialog.showModal();
    fetch(url, { headers: { 'HX-Request': 'true', 'HX-Current-URL': window.location.href }, credentials: 'same-origin' })
      .then(function (response) {
        var door = response.headers.get('HX-Redirect');
        if (door) window.location.href = door;
        if (door || !response.ok) throw new Error(String(response.status));
        return response.text();
      })
      .then(function (html) {
        body.innerHTML = html;
        var first = body.querySelector('input:not([type=hidden]), button');
        if (first) first.focus();
      })
      .catch(function () { body.textContent = dialog.dataset.failed; });
  }

  box.addEventListener('pointerdown', function (event) {
    var bar = event.target.closest ? event.target.closest('a[data-drag]') : null;
    if (!bar || event.button !== 0 || event.pointerType === 'touch') return;
    var at = bar.dataset.at.split(':');
    held = { bar: bar, line: bar.closest('.g-r'), x: event.clientX, y: event.clientY, at: Number(at[0]) * 60 + Number(at[1]), moved: false, over: null };
  });
  box.addEventListener('dragstart', function (event) { if (held) event.preventDefault(); });
  document.addEventListener('pointermove', function (event) {
    if (!held) return;
    var dx = event.clientX - held.x; var dy = event.clientY - held.y;
    if (!held.moved && Math.abs(dx) < FAR && Math.abs(dy) < FAR) return;
    held.moved = true;
    document.body.classList.add('dragging');
    held.bar.style.transform = 'translate(' + dx + 'px,' + dy + 'px)';
    held.bar.setAttribute('data-says', clock(minutesAt(event)));
    var found = over(event);
    if (held.over && held.over !== found) held.over.classList.remove('drop');
    if (found) found.classList.add('drop');
    held.over = found;
  });
  document.addEventListener('pointerup', function (event) {
    if (!held) return;
    var was = held; var found = held.moved ? over(event) : null; var at = held.moved ? minutesAt(event) : 0;
    letGo();
    if (!was.moved) return;
    // What follows a drag is no click on the link.
    function stop(click) { click.preventDefault(); click.stopPropagation(); }
    box.addEventListener('click', stop, true);
    window.setTimeout(function () { box.removeEventListener('click', stop, true); }, 0);
    if (found && (found !== was.line || at !== was.at)) ask(was.bar, found.dataset.staff, clock(at));
  });
  document.addEventListener('pointercancel', letGo);
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape') letGo(); });
})();
