// Goes before the script of every part; see component.py.
const language = navigator.language.slice(0, 2) in props.words ? navigator.language.slice(0, 2) : 'en';
const known = key => props.words[language][key];
const filled = (text, fill) => text.replace(/\{(\w+)\}/g, (_, name) => fill[name]);
const word = (key, fill = {}) => filled(known(key), fill);
const $ = selector => element.querySelector(selector);
const $$ = selector => [...element.querySelectorAll(selector)];

const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children); // strings become text, never markup
  return node;
};

// The English sentence in which the server refuses, in the person's language; as it is where words_refused.py does not have it.
const refusal = text => {
  for (const row of window.trazoRefusals) {
    const pattern = row.en.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\\\{(\w+)\\\}/g, '(?<$1>.+?)');
    const found = new RegExp(`^${pattern}$`, 's').exec(text);
    if (found) return filled(row[language], found.groups);
  }
  return text;
};

// Which radio an arrow key leads to, round and round from the one in focus; it has the focus now. None for any other key.
const turning = (radios, event, from = document.activeElement) => {
  const turn = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!turn || !radios.length) return null;
  event.preventDefault();
  const next = radios[(radios.indexOf(from) + turn + radios.length) % radios.length];
  next.focus();
  return next;
};

const unique = () => crypto.getRandomValues(new Uint32Array(4)).join('-'); // the name of a job

// Parts of one channel speak in the browser. `know` is `hear` that also learns what was last told, whichever part came up first.
const channelOf = name => ((window.trazo ??= {})[name] ??= Object.assign(new EventTarget(), { last: {} }));
const channel = channelOf(props.channel);
const tell = (name, detail = {}, to = channel) => { to.last[name] = detail; to.dispatchEvent(new CustomEvent(name, { detail })); };
const hear = (name, listen) => channel.addEventListener(name, event => listen(event.detail));
const know = (name, listen) => { hear(name, listen); if (name in channel.last) listen(channel.last[name]); };

// What a reload shall find again in this tab.
const keptAs = name => `trazo-${props.channel}-${name}`;
const keepIn = (name, value) => { try { sessionStorage.setItem(keptAs(name), JSON.stringify(value)); } catch { /* storage is full or forbidden */ } };
const keptIn = name => { try { return JSON.parse(sessionStorage.getItem(keptAs(name))); } catch { return null; } };

// What a person drew or chose: a reload finds what was last in its own tab, whatever other tabs did since; a new tab what was last in any.
const onShelves = use => ['sessionStorage', 'localStorage'].map(shelf => { try { return use(window[shelf]); } catch { return null; } }); // full or forbidden
const shelved = key => {
  const [own, newest] = onShelves(shelf => shelf.getItem(key));
  if (!own && newest) onShelves(shelf => shelf.setItem(key, newest)); // from here on this tab's own
  return own ?? newest;
};
const shelve = (key, text) => {
  if (text === shelved(key)) return; // what a reload brings back is not new to other tabs
  onShelves(shelf => shelf.removeItem(key)); // rather none than an older one, where there is no room for the new one
  onShelves(shelf => shelf.setItem(key, text));
};

element.innerHTML = props.markup; // our own file, without anyone's text in it
for (const node of $$('[data-word]')) node.textContent = word(node.dataset.word);
for (const node of $$('[data-label]')) { node.setAttribute('aria-label', word(node.dataset.label)); }
for (const node of $$('[data-hint]')) { node.title = word(node.dataset.hint); }
