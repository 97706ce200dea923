/* The timelines by hand: a visit is dragged to another line or hour, and what that breaks and costs is asked at once.
   Nothing is changed before it is confirmed. A finger presses for a moment first: until then it scrolls.
   ES2020 at most. By keyboard the same is asked from the visit's page. */
(function () {
  'use strict';
  var me = document.currentScript;
  var box = document.getElementById('gantt');
  var dialog = document.getElementById('given-dialog');
  if (!box || !dialog || !dialog.showModal) return;
  var STEP = 5;  // minutes
  var FAR = 6;   // pixels: less is a click
  var PRESS = 400;  // milliseconds: a finger that rests so long wants the visit, not the page
  var EDGE = 36;  // pixels from the edge of the timelines, where they begin to move along
  var held = null;

  function row(under) { return under && under.closest ? under.closest('.g-r[data-staff]') : null; }
  function two(n) { return ('0' + n).slice(-2); }
  function clock(minutes) { return two(Math.floor(minutes / 60)) + ':' + two(minutes % 60); }
  function over() {
    held.bar.style.pointerEvents = 'none';
    var found = row(document.elementFromPoint(held.nowX, held.nowY));
    held.bar.style.pointerEvents = '';
    return found;
  }
  // How far it has been carried on the timelines, which may have moved under it.
  function farX() { return held.nowX - held.x + box.scrollLeft - held.left; }
  function farY() { return held.nowY - held.y + box.scrollTop - held.top; }
  function minutes() {
    if (Math.abs(farX()) < FAR * 2) return held.at;  // straight up or down: at the promised time
    var gantt = held.line.closest('.gantt');
    var day = (Number(gantt.dataset.last) - Number(gantt.dataset.first)) * 60;
    var moved = farX() / held.line.clientWidth * day;
    return Math.min(1435, Math.max(0, Math.round((held.at + moved) / STEP) * STEP));
  }
  function lift() {
    held.moved = true;
    held.widest = box.scrollWidth - box.clientWidth; held.lowest = box.scrollHeight - box.clientHeight;
    document.body.classList.add('dragging');
    held.along = window.setInterval(goAlong, 40);
  }
  function show() {
    held.bar.style.transform = 'translate(' + farX() + 'px,' + farY() + 'px)';
    held.bar.setAttribute('data-says', clock(minutes()));
    var found = over();
    if (held.over && held.over !== found) held.over.classList.remove('drop');
    if (found) found.classList.add('drop');
    held.over = found;
  }
  // At an edge the timelines go on, so that who is farther down can be reached.
  function goAlong() {
    if (!held || !held.moved) return;
    var edges = box.getBoundingClientRect();
    var down = held.nowY > edges.bottom - EDGE ? 8 : held.nowY < edges.top + EDGE ? -8 : 0;
    var right = held.nowX > edges.right - EDGE ? 8 : held.nowX < edges.left + EDGE ? -8 : 0;
    // No farther than the timelines go: what is carried past their end would make them longer.
    var left = Math.max(0, Math.min(held.widest, box.scrollLeft + right));
    var top = Math.max(0, Math.min(held.lowest, box.scrollTop + down));
    if (left === box.scrollLeft && top === box.scrollTop) return;
    box.scrollLeft = left; box.scrollTop = top;
    show();
  }
  function letGo() {
    if (!held) return;
    window.clearTimeout(held.press);
    window.clearInterval(held.along);
    document.body.classList.remove('dragging', 'held');
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
    if (held) { letGo(); return; }  // a second finger
    if (!bar || event.button !== 0) return;
    var at = bar.dataset.at.split(':');
    held = {
      bar: bar, line: bar.closest('.g-r'), id: event.pointerId, isFinger: event.pointerType === 'touch', moved: false, over: null,
      x: event.clientX, y: event.clientY, nowX: event.clientX, nowY: event.clientY, left: box.scrollLeft, top: box.scrollTop,
      at: Number(at[0]) * 60 + Number(at[1]), press: 0, along: 0
    };
    document.body.classList.add('held');  // until it is let go nothing is drawn anew under the hand
    if (held.isFinger) held.press = window.setTimeout(function () {
      if (!held || !held.bar.isConnected) { letGo(); return; }
      lift();
      show();
    }, PRESS);
  });
  box.addEventListener('dragstart', function (event) { if (held) event.preventDefault(); });
  // The menu of a link would take the finger away from us.
  box.addEventListener('contextmenu', function (event) { if (held && held.isFinger) event.preventDefault(); });
  box.addEventListener('touchmove', function (event) { if (held && held.moved) event.preventDefault(); }, { passive: false });
  document.addEventListener('pointermove', function (event) {
    if (!held || event.pointerId !== held.id) return;
    held.nowX = event.clientX; held.nowY = event.clientY;
    if (!held.moved) {
      if (Math.abs(farX()) < FAR && Math.abs(farY()) < FAR) return;
      if (held.isFinger) { letGo(); return; }  // it scrolls
      lift();
    }
    show();
  });
  document.addEventListener('pointerup', function (event) {
    if (!held || event.pointerId !== held.id) return;
    var was = held; var found = held.moved ? over() : null; var at = held.moved ? minutes() : 0;
    letGo();
    if (!was.moved) return;
    // What follows a drag is no click on the link.
    function stop(click) { click.preventDefault(); click.stopPropagation(); }
    box.addEventListener('click', stop, true);
    window.setTimeout(function () { box.removeEventListener('click', stop, true); }, was.isFinger ? 300 : 0);
    if (found && (found !== was.line || at !== was.at)) ask(was.bar, found.dataset.staff, clock(at));
  });
  document.addEventListener('pointercancel', letGo);
  document.addEventListener('keydown', function (event) { if (event.key === 'Escape') letGo(); });
})();
