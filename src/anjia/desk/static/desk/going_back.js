/* A form that was refused is shown in the answer to what was sent. Whoever comes back to such a page would be asked by
   the browser whether to send it once more. With this the page has the address of the form it came from, and who comes
   back to it, or loads it again, finds the form with what she had typed. Without it all works as it did.
   What was typed stays in this window, for her alone: passwords, files and hidden fields are not kept, and the next
   person's first page throws it away. ES2020 at most. */
(function () {
  'use strict';
  var who = document.body.dataset.who;
  var store;
  try { store = window.sessionStorage; } catch (error) { return; }  // not allowed: as without us
  if (!who || !store || !window.history.replaceState) return;
  var MOST = 10;
  var said = document.currentScript.dataset.words;

  function kept() {
    try {
      return JSON.parse(store.getItem('refused') || '[]').filter(function (one) { return one.who === who; });
    } catch (error) { return []; }
  }
  function keep(all) {
    try { store.setItem('refused', JSON.stringify(all.slice(-MOST))); } catch (error) { /* full: as without us */ }
  }
  function pathOf(form) { return new URL(form.getAttribute('action') || window.location.href, window.location.href).pathname; }
  // A field may be called "method": the form's own is what the page says.
  function isPost(form) { return (form.getAttribute('method') || '').toLowerCase() === 'post'; }
  function formsTo(path) {
    return Array.from(document.querySelectorAll('form')).filter(function (form) {
      return isPost(form) && !form.dataset.keep && pathOf(form) === path;
    });
  }
  function fieldsOf(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && ['hidden', 'submit', 'button', 'reset', 'password', 'file', 'fieldset'].indexOf(field.type) < 0;
    });
  }
  function isTicked(field) { return field.type === 'checkbox' || field.type === 'radio'; }
  function typedIn(form) {
    return fieldsOf(form).map(function (field) {
      if (isTicked(field)) return { name: field.name, value: field.value, on: field.checked };
      if (field.multiple) return { name: field.name, all: Array.from(field.selectedOptions, function (one) { return one.value; }) };
      return { name: field.name, value: field.value };
    });
  }
  // Of several fields of one name the first typed is the first shown.
  function putBack(form, typed) {
    var rest = typed.slice();
    fieldsOf(form).forEach(function (field) {
      var at = rest.findIndex(function (one) {
        return one.name === field.name && (!isTicked(field) || one.value === field.value);
      });
      if (at < 0) return;
      var one = rest.splice(at, 1)[0];
      if (isTicked(field)) field.checked = one.on;
      else if (one.all) Array.from(field.options).forEach(function (option) { option.selected = one.all.indexOf(option.value) >= 0; });
      else field.value = one.value;
    });
  }
  function say(words) {
    var messages = document.getElementById('messages');
    if (!messages) return;
    var note = document.createElement('div');
    note.className = 'msg warn';
    note.textContent = said + ' ' + words;
    messages.appendChild(note);
  }

  var all = kept();
  var sent = store.getItem('sent');
  store.removeItem('sent');
  if ('refused' in document.body.dataset) {
    var from = document.referrer ? new URL(document.referrer) : null;
    if (!from || from.origin !== window.location.origin) return;
    var to = window.location.pathname;
    var mine = formsTo(to);
    // What says nothing about where it is sent goes to where it went before the address is another.
    document.querySelectorAll('form:not([action])').forEach(function (form) { form.setAttribute('action', window.location.href); });
    var why = document.querySelector('.msg[role=alert]');
    var key = String(Date.now()) + Math.random();
    var write = function () {
      var one = { key: key, who: who, to: to, words: why ? (why.querySelector('p') || why).innerText.trim() : '', forms: mine.map(typedIn) };
      keep(kept().filter(function (one) { return one.key !== key; }).concat(one));
    };
    write();
    ['input', 'change'].forEach(function (name) { document.addEventListener(name, write); });
    window.history.replaceState(Object.assign({}, window.history.state, { refused: key }), '', from.pathname + from.search);
  } else {
    // What was sent and not refused is done: who comes back to its form finds a new one.
    if (sent) all = all.filter(function (one) { return one.to !== sent; });
    keep(all);
    var state = window.history.state;
    var back = state && state.refused && all.find(function (one) { return one.key === state.refused; });
    if (back) {
      formsTo(back.to).slice(0, back.forms.length).forEach(function (form, index) {
        putBack(form, back.forms[index]);
        var around = form.closest('details');
        if (around) around.open = true;
        if (index === 0 && back.forms[0].length) say(back.words);
      });
    }
  }
  document.addEventListener('submit', function (event) {
    if (isPost(event.target) && !event.defaultPrevented) store.setItem('sent', pathOf(event.target));
  });
})();
