const names = Object.keys(props.scenes), list = $('.scene-list'), status = $('[role=status]'), lecture = $('[data-act=lecture]');
const buttons = names.map((name, i) => {
  const button = make('button', { type: 'button', class: 'tool', 'data-scene': name }, make('i', {}, String(i + 1)), word(`title_${name}`));
  button.onclick = () => show(name);
  return button;
});
list.append(...buttons);
const ours = name => (names.includes(name) ? name : null);
const current = () => element.dataset.scene;
const show = name => {
  element.dataset.scene = name;
  for (const button of buttons) {
    const on = button.dataset.scene === name;
    button.setAttribute('aria-current', on ? 'step' : 'false');
    if (on && list.scrollWidth > list.clientWidth) list.scrollTo({ left: button.offsetLeft - 20 });
  }
  const stage = document.querySelector('.lectern');
  if (stage) Object.assign(stage.dataset, { scene: name, pad: props.scenes[name] });
  $('.explain').textContent = word(`explain_${name}`);
  status.textContent = word(`title_${name}`);
  shelve('trazo-scene', name);
  requestAnimationFrame(() => tell('scene', { name }));
};
const move = by => show(names[(names.indexOf(current()) + by + names.length) % names.length]);
$('[data-act=back]').onclick = () => move(-1);
$('[data-act=on]').onclick = () => move(1);

// Lecture mode: large, nothing but the scene, and the keys of a presenter.
const lecturing = () => document.body.classList.contains('lecture');
const setLecture = on => {
  document.body.classList.toggle('lecture', on);
  lecture.setAttribute('aria-pressed', on);
  dispatchEvent(new Event('resize'));
};
lecture.onclick = () => { setLecture(!lecturing()); lecture.blur(); };
const FIELDS = 'input:not([type=checkbox]), select, textarea', MOVED = `${FIELDS}, canvas, [role=radio]`;
const SPACED = 'input, select, textarea, button';
const OWN = { PageDown: FIELDS, PageUp: FIELDS, ArrowRight: MOVED, ArrowLeft: MOVED, ' ': SPACED }; // what has a use of its own for a key
const taken = ({ key, target }) => OWN[key] && target.closest?.(OWN[key]);
document.addEventListener('keydown', event => {
  if (event.defaultPrevented || !lecturing() || !element.offsetParent || event.ctrlKey || event.metaKey || event.altKey || taken(event)) return;
  const by = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 }[event.key];
  if (by) {
    document.activeElement?.blur();
    move(by);
  } else if (event.key === ' ') { // plays what can be played, or else goes on
    const act = document.querySelector(`#scene-${current()} [data-space]:not(:disabled)`);
    if (act?.offsetParent) act.click();
    else move(1);
  } else if (event.key === 'Escape') setLecture(false);
  else return;
  event.preventDefault();
});

// A permanent link: the scene, and what its parts keep.
$('[data-act=link]').onclick = async () => {
  const wanted = [current(), 'scenes', props.scenes[current()] && `pad_${props.scenes[current()]}`];
  const state = Object.fromEntries(Object.entries(channel.linkable ?? {}).filter(([name]) => wanted.includes(name)).map(([name, get]) => [name, get()]));
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  const code = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join('')).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  history.replaceState(null, '', `#scene=${current()}&with=${code}`);
  meet(location.hash, link.own);
  try {
    await navigator.clipboard.writeText(location.href);
    status.textContent = word('linked');
  } catch { status.textContent = word('link_there'); } // the address bar has it
  $('[data-act=link]').textContent = status.textContent;
  setTimeout(() => { $('[data-act=link]').textContent = word('link'); }, 2500);
};
linkable(() => ({ lecture: lecturing() }));

for (const code of Object.keys(props.words)) {
  const button = make('button', { type: 'button', class: 'tool', 'aria-pressed': code === language, lang: code }, code.toUpperCase());
  button.onclick = () => {
    try { localStorage.setItem('trazo-language', code); } catch { return; }
    location.reload();
  };
  $('.languages').append(button);
}
if (given?.lecture) setLecture(true);
const last = ours(shelved('trazo-scene'));
show((link.again && last) || ours(link.scene) || last || names[0]);
element.dataset.ready = '';
