/* Where the laboratory is, on the map that the board draws: shown, and picked with a click. ES2020 at most. */
(function () {
  'use strict';
  var box = document.getElementById('lab-map');
  var form = document.getElementById('lab-form');
  var week = document.getElementById('same-week');
  if (week) {
    week.hidden = false;
    week.addEventListener('click', function () {
      ['opens', 'closes'].forEach(function (name) {
        var first = form.elements[name + '_0'].value;
        for (var day = 1; day < 7; day += 1) form.elements[name + '_' + day].value = first;
      });
    });
  }
  if (!box || !window.L) return;
  var places = JSON.parse(document.getElementById('lab-places').textContent);
  var looks = {
    zone: { color: '#cfc5b3', weight: 1.4, dashArray: '6 5', fillColor: '#f6f2ea', fillOpacity: 1 },
    park: { stroke: false, fillColor: '#dde9d5', fillOpacity: 1 },
    water: { stroke: false, fillColor: '#cfe0ea', fillOpacity: 1 },
    road: { color: '#ffffff', weight: 5 }, lane: { color: '#fffdf9', weight: 2.5 }
  };
  var map = L.map(box, { zoomSnap: 0.25, attributionControl: false, scrollWheelZoom: false, minZoom: 4, maxZoom: 18 });
  map.setView([30, 112], 10);
  var edge = [];
  function asked(url) {
    return fetch(url, { credentials: 'same-origin' }).then(function (answer) { return answer.json(); });
  }
  function dot(at, name) {
    edge.push(at);
    return L.circleMarker(at, { radius: 8, fillColor: '#ffffff', color: '#17594a', weight: 3, fillOpacity: 1, interactive: false })
      .bindTooltip(name, { permanent: true, direction: 'top', className: 'lab-name' }).addTo(map);
  }
  var mine = form ? form.elements.laboratory_id.value : '';
  places.forEach(function (one) { if (!form || one.id !== mine) dot([one.latitude, one.longitude], one.name); });
  asked(box.dataset.ground).then(function (data) {
    var ground = L.geoJSON(data, {
      interactive: false,
      style: function (feature) { return looks[feature.properties.kind] || looks.zone; },
      onEachFeature: function (feature, drawn) {
        var p = feature.properties;
        var name = document.documentElement.lang === 'en' ? p.name_en || p.name : p.name;
        if (p.kind === 'zone' && name) drawn.bindTooltip(name, { permanent: true, direction: 'center', className: 'zone-name' });
      }
    }).addTo(map);
    ground.bringToBack();
    return ground.getBounds();
  }).catch(function () { return null; }).then(function (bounds) {
    return asked(box.dataset.points).then(function (data) {
      data.cells.forEach(function (cell) {
        edge.push([cell.latitude, cell.longitude]);
        L.circleMarker([cell.latitude, cell.longitude], { radius: 5, stroke: false, fillColor: '#b0a797', fillOpacity: 0.7, interactive: false }).addTo(map);
      });
    }).catch(function () {}).then(function () {
      var whole = bounds && bounds.isValid() ? bounds : edge.length ? L.latLngBounds(edge) : null;
      if (whole) map.fitBounds(whole, { padding: [18, 18], maxZoom: 15 });
    });
  });
  if (!('pick' in box.dataset)) return;
  var latitude = form.elements.latitude; var longitude = form.elements.longitude; var marker = null;
  function put(at) {
    if (marker) { marker.setLatLng(at); return; }
    marker = L.marker(at, {
      draggable: true, autoPan: true,
      icon: L.divIcon({ className: 'pile wait', html: '✚', iconSize: null })
    }).addTo(map);
    marker.on('dragend', function () { write(marker.getLatLng()); });
  }
  function write(at) {
    latitude.value = at.lat.toFixed(6);
    longitude.value = at.lng.toFixed(6);
  }
  function read() {
    var at = [Number(latitude.value), Number(longitude.value)];
    if (!latitude.value || !longitude.value || !isFinite(at[0]) || !isFinite(at[1]) || Math.abs(at[0]) > 90 || Math.abs(at[1]) > 180) return;
    edge.push(at);
    put(at);
    map.panTo(at);
  }
  map.on('click', function (event) { put(event.latlng); write(event.latlng); });
  latitude.addEventListener('change', read);
  longitude.addEventListener('change', read);
  read();
})();
