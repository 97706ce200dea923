/* The live board: told that something changed, it asks for just that row, the counts, the map and the timelines.
   ES2020 at most. Without EventSource, or while it is down, it asks every 15 seconds. */
(function () {
  'use strict';
  var me = document.currentScript;
  var params = new URLSearchParams(window.location.search);
  var query = function (more) {
    var q = new URLSearchParams(params);
    q.delete('after');
    Object.keys(more || {}).forEach(function (name) { q.set(name, more[name]); });
    var text = q.toString();
    return text ? '?' + text : '';
  };
  var urls = { tallies: me.dataset.tallies, row: me.dataset.row, gantt: me.dataset.gantt };

  // At most once per `wait`, and never lost: the last call always runs.
  function seldom(wait, work) {
    var timer = 0; var last = 0;
    return function () {
      if (timer) return;
      timer = window.setTimeout(function () { timer = 0; last = Date.now(); work(); }, Math.max(0, last + wait - Date.now()));
    };
  }
  function part(url, target) {
    var headers = { 'HX-Request': 'true', 'HX-Current-URL': window.location.href };
    return fetch(url, { headers: headers, credentials: 'same-origin' }).then(function (response) {
      var door = response.headers.get('HX-Redirect');
      if (door) window.location.href = door;
      if (door || !response.ok) throw new Error(String(response.status));
      reached();
      return response.text();
    }).then(function (html) {
      if (!target) return html;
      var keep = target.scrollLeft; var top = target.scrollTop;
      var inside = target.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
      target.innerHTML = html;
      target.scrollLeft = keep; target.scrollTop = top;
      if (inside) {
        var again = target.querySelector('a[href="' + inside + '"]');
        if (again) again.focus({ preventScroll: true });
      }
      if (window.htmx) window.htmx.process(target);
      return html;
    }).catch(function () { lost(); return null; });
  }
  var tallies = seldom(700, function () { part(urls.tallies + query(), document.getElementById('tallies')); });
  var gantt = seldom(900, function () {
    if (document.body.classList.contains('held')) { gantt(); return; }  // not under somebody's hand
    part(urls.gantt + query(), document.getElementById('gantt'));
  });

  var rows = document.getElementById('rows');
  function row(id) {
    var old = document.getElementById('v-' + id);
    part(urls.row.replace('00000000-0000-0000-0000-000000000000', id) + query()).then(function (html) {
      if (html === null) return;
      var box = document.createElement('div');
      box.innerHTML = html.trim();
      var fresh = box.firstElementChild;
      old = document.getElementById('v-' + id);
      if (!fresh) { if (old) old.remove(); return; }
      // What waits for a hand stands on top: whatever begins or ceases to changes its place.
      var isWhole = !params.get('after') && !params.get('state') && !rows.hasAttribute('data-narrowed');
      if (isWhole && (old ? old.hasAttribute('data-hand') : false) !== fresh.hasAttribute('data-hand')) {
        part(window.location.pathname + '/rows' + query(), rows);
        return;
      }
      var had = old && old.contains(document.activeElement);
      if (old) old.replaceWith(fresh);
      else if (!params.get('after') && !rows.hasAttribute('data-narrowed')) {
        var nothing = rows.querySelector('.empty');
        if (nothing) nothing.remove();
        rows.insertBefore(fresh, rows.firstChild);
      }
      if (had) { var link = fresh.querySelector('a'); if (link) link.focus({ preventScroll: true }); }
      window.setTimeout(function () { fresh.classList.remove('just-now'); }, 6000);
    });
  }

  // The map: our own ground, no tiles, nobody else asked.
  var box = document.getElementById('map');
  var map = null; var layer = null; var whole = null;
  var looks = {
    zone: { color: '#cfc5b3', weight: 1.4, dashArray: '6 5', fillColor: '#f6f2ea', fillOpacity: 1 },
    park: { stroke: false, fillColor: '#dde9d5', fillOpacity: 1 },
    water: { stroke: false, fillColor: '#cfe0ea', fillOpacity: 1 },
    road: { color: '#ffffff', weight: 5 }, lane: { color: '#fffdf9', weight: 2.5 }
  };
  function ground(data) {
    var bounds = L.geoJSON(data, {
      interactive: false,
      style: function (feature) { return looks[feature.properties.kind] || looks.zone; },
      onEachFeature: function (feature, drawn) {
        var p = feature.properties;
        var name = document.documentElement.lang === 'en' ? p.name_en || p.name : p.name;
        if (p.kind === 'zone' && name) drawn.bindTooltip(name, { permanent: true, direction: 'center', className: 'zone-name' });
      }
    }).addTo(map).getBounds();
    return bounds.isValid() ? bounds : null;
  }
  function dot(point, at, url) {
    var look = { wait: ['#ffffff', '#1c4a74', 3], move: ['#17594a', '#ffffff', 2], done: ['#b0a797', '#ffffff', 1.5], bad: ['#fbe4e1', '#8c1a1a', 3] }[point.look];
    return L.circleMarker(at, { radius: point.look === 'bad' ? 8 : 6.5, fillColor: look[0], color: look[1], weight: look[2], fillOpacity: 1 })
      .bindTooltip(point.words).on('click', function () { window.location.href = url; });
  }
  function points(data) {
    if (layer) layer.remove();
    layer = L.layerGroup().addTo(map);
    var edge = [];
    data.cells.forEach(function (cell) {
      edge.push([cell.latitude, cell.longitude]);
      if (cell.count > cell.points.length) {
        L.marker([cell.latitude, cell.longitude], {
          icon: L.divIcon({ className: 'pile ' + cell.look, html: String(cell.count), iconSize: null }), title: cell.words, alt: cell.words
        }).on('click', function () { window.location.href = cell.url; }).addTo(layer);
        return;
      }
      cell.points.forEach(function (point, n) {
        // A spiral within the cell: close enough to see where, too coarse to see whose door.
        var turn = n * 2.4; var far = cell.points.length === 1 ? 0 : 0.00085 * Math.sqrt(n + 0.6);
        dot(point, [cell.latitude + far * Math.sin(turn), cell.longitude + far * 1.14 * Math.cos(turn)], point.url).addTo(layer);
      });
    });
    return edge;
  }
  var askPoints = function () {
    return fetch(box.dataset.points, { credentials: 'same-origin' }).then(function (r) { return r.json(); }).then(points);
  };
  var refreshMap = seldom(1500, function () { if (map) askPoints().catch(function () {}); });
  function begin() {
    if (!box || !window.L) return;
    map = L.map(box, { zoomSnap: 0.25, attributionControl: false, scrollWheelZoom: false, minZoom: 9, maxZoom: 18 });
    map.setView([30, 112], 12);
    fetch(box.dataset.ground, { credentials: 'same-origin' }).then(function (r) { return r.json(); }).then(function (data) {
      var bounds = ground(data);
      return askPoints().then(function (edge) {
        if (!bounds && edge.length) bounds = L.latLngBounds(edge);
        if (bounds) map.fitBounds(bounds, { padding: [6, 6] });
        whole = bounds;
      });
    }).catch(function () {});
    // Until somebody moves it, the whole town stays in view, whatever becomes of the window.
    map.on('dragstart', function () { whole = null; });
    box.addEventListener('click', function (event) { if (event.target.closest('.leaflet-control-zoom')) whole = null; });
    if (window.ResizeObserver) {
      new ResizeObserver(function () {
        map.invalidateSize();
        if (whole) map.fitBounds(whole, { padding: [6, 6], animate: false });
      }).observe(box);
    }
  }
  begin();

  // Being told.
  var light = document.getElementById('live');
  var polling = 0;
  function says(how, more) {
    if (!light) return;
    light.textContent = light.dataset[how] + (more || '');
    light.classList.toggle('slow', how === 'polling');
    light.classList.toggle('off', how === 'off');
  }
  // A board that stands still must not look alive.
  var seenAt = new Date();
  var isLost = false;
  function reached() {
    seenAt = new Date();
    if (isLost) says(polling ? 'polling' : 'live');
    isLost = false;
  }
  function lost() {
    isLost = true;
    says('off', ' ' + ('0' + seenAt.getHours()).slice(-2) + ':' + ('0' + seenAt.getMinutes()).slice(-2));
  }
  function changed(id) { if (id) row(id); tallies(); gantt(); refreshMap(); }
  function again() {
    changed(null);
    if (!rows.hasAttribute('data-narrowed') && !params.get('after')) part(window.location.pathname + '/rows' + query(), rows);
  }
  function poll() {
    if (polling) return;
    says('polling');
    polling = window.setInterval(again, 15000);
    again();
  }
  function listen() {
    if (!window.EventSource) { poll(); return; }
    var source = new EventSource('/live?topics=board');
    var failures = 0;
    source.addEventListener('open', function () {
      if (failures) changed(null);
      failures = 0; isLost = false; says('live');
      if (polling) { window.clearInterval(polling); polling = 0; }
    });
    source.addEventListener('change', function (event) {
      var said; try { said = JSON.parse(event.data); } catch (error) { return; }
      changed(said.id);
    });
    source.addEventListener('error', function () {
      failures += 1;
      if (failures === 1) tallies();  // is it only the stream, or can nothing be asked?
      if (source.readyState === 2) { poll(); window.setTimeout(listen, 30000); } else if (failures > 3) { poll(); }
    });
  }
  listen();
  // Nobody tells that a visit has become late: time does.
  window.setInterval(function () { if (!polling) again(); }, 60000);
})();
