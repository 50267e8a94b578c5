const dialog = $('dialog'), ask = $('.ask'), found = $('.found'), doing = $('.doing'), problem = $('.problem');
const input = $('[type=file]'), address = $('.hub input'), palette = $('.palette'), drop = $('.drop');
const kinds = Object.keys(props.channels);
$('.formats').textContent = word('formats', { most: props.most / 2 ** 20 });

// What it takes
let takes = kinds[0];
const radios = kinds.map(kind => make('button', { type: 'button', role: 'radio', 'data-kind': kind }, word(`takes_${kind}`)));
$('.choice').append(...radios);
const mark = kind => {
  takes = kind;
  for (const button of radios) {
    const on = button.dataset.kind === kind;
    button.setAttribute('aria-checked', on);
    button.tabIndex = on ? 0 : -1;
  }
  palette.hidden = kind !== 'label map';
};
for (const button of radios) button.onclick = () => mark(button.dataset.kind);
$('.choice').addEventListener('keydown', event => turning(radios, event)?.click());
$('select').append(make('option', { value: '' }, word('palette_auto')), ...props.palettes.map(name => make('option', { value: name }, name)));

// One question is under way at a time; an answer to an older one is not looked at, and one that got lost blocks nothing.
let number = 0, shown = null, patience;
const complain = text => { problem.textContent = text; };
const busy = (text, share) => {
  clearTimeout(patience);
  doing.hidden = !text;
  doing.querySelector('span').textContent = text;
  const bar = doing.querySelector('progress');
  if (share === undefined) bar.removeAttribute('value');
  else bar.value = share;
  for (const each of $$('.ask button, .ask input, .ask select, .settings button, .parts button')) each.disabled = Boolean(text);
};
const question = what => {
  patience = setTimeout(busy, props.patience, '');
  props.value = { ...what, number };
  trigger('input');
};
const begin = (text, share) => {
  complain('');
  parts($('.ask .parts'), []);
  busy(text, share);
  return ++number;
};
const wanted = () => ({ takes, palette: palette.hidden ? '' : $('select').value });
let sent = null; // the file that was sent last, to be sent again for another network in it
const field = (name, entries, now, pick, turned) => { // `turned` is told of the radio that an arrow key has led to
  const list = entries.map(([value, text]) => {
    const button = make('button', { type: 'button', role: 'radio', 'aria-checked': value === now, tabindex: value === now ? 0 : -1 }, text);
    button.onclick = () => pick(value);
    return button;
  });
  if (!entries.some(([value]) => value === now)) list[0].tabIndex = 0;
  const group = make('div', { class: 'choice', role: 'radiogroup', 'aria-label': word(name) }, ...list);
  group.addEventListener('keydown', event => turned(turning(list, event)));
  return make('div', { class: 'field' }, make('span', {}, word(name)), group);
};
const parts = (place, names, now) => { // an arrow key only leads to one: a file takes a while to send
  const again = name => { if (name !== now) take(sent, name); };
  place.replaceChildren(...(names.length ? [field('part', names.map(name => [name, name]), now, again, () => {})] : []));
};
const take = async (file, part = '') => {
  input.value = '';
  if (!file) return complain(word('no_file'));
  if (file.size > props.most) return complain(word('too_large', { name: file.name, most: props.most / 2 ** 20 }));
  const mine = begin(word('sending'), 0), pieces = [], label = unique();
  try {
    do {
      const start = pieces.length * props.piece;
      const piece = new File([file.slice(start, start + props.piece)], `${label}-${pieces.length}${props.suffix}`);
      pieces.push((await upload(piece)).path);
      if (mine !== number) return;
      busy(word('sending'), Math.min(1, pieces.length * props.piece / file.size));
    } while (pieces.length * props.piece < file.size);
  } catch {
    if (mine !== number) return;
    busy('');
    return complain(word('unsent'));
  }
  busy(word('opening'));
  sent = file;
  question({ ...wanted(), pieces, name: file.name, part });
};
drop.onclick = () => input.click();
input.onchange = () => { if (input.files.length) take(input.files[0]); };
dialog.addEventListener('dragover', event => { event.preventDefault(); drop.classList.add('over'); });
dialog.addEventListener('dragleave', () => drop.classList.remove('over'));
dialog.addEventListener('drop', event => {
  event.preventDefault();
  drop.classList.remove('over');
  if (!drop.disabled && !ask.hidden) take(event.dataTransfer.files[0]);
});
$('.hub').onsubmit = event => {
  event.preventDefault();
  if (!address.value.trim()) return address.focus();
  begin(word('fetching'));
  question({ ...wanted(), address: address.value });
};

// What it was found to be
let touched = ''; // the setting that the person last turned, and turns on
const choices = { statistics: ['image', 'running'], noise: [true, false] };
const setting = (name, now) => {
  const pick = value => {
    touched = name;
    begin(word('opening'));
    question({ handle: shown.offer.name, [name]: value });
  };
  const whole = field(name, choices[name].map(value => [value, word(`${name}_${value}`)]), now, pick, button => button?.click());
  whole.dataset.setting = name;
  whole.append(make('small', {}, word(`${name}_explain`)));
  return whole;
};
const show = answer => {
  shown = answer;
  $('.found h3').textContent = answer.title;
  $('.method').textContent = answer.method;
  $('.pinned').hidden = !answer.pinned;
  $('.pinned code').textContent = answer.pinned;
  parts($('.found .parts'), answer.parts, answer.part);
  $('.settings').replaceChildren(...Object.entries(answer.settings).map(([name, now]) => setting(name, now)));
  $('.assumed').replaceChildren(...answer.assumed.map(sentence => make('li', {}, known(sentence) ?? sentence)));
  $('.found table').replaceChildren(...Object.entries(answer.arguments).map(([name, value]) => make('tr', {},
    make('th', { scope: 'row' }, name), make('td', {}, String(value)))));
  ask.hidden = true;
  found.hidden = false;
  element.dataset.handle = answer.offer.name;
  $(touched ? `[data-setting=${touched}] [aria-checked=true]` : '[data-act=use]').focus();
  touched = '';
};
watch('value', () => {
  const answer = props.value;
  if (answer?.number !== number || !('offer' in answer || 'error' in answer)) return;
  busy('');
  if (answer.error) {
    complain(refusal(answer.error));
    parts($('.ask .parts'), answer.parts ?? []);
  }
  else {
    show(answer);
    tell('brought', answer.offer, channelOf(props.channels[answer.takes]));
  }
  element.dataset.answered = number;
});

const form = () => {
  complain('');
  found.hidden = true;
  ask.hidden = false;
};
$('[data-act=another]').onclick = () => { form(); drop.focus(); };
$('[data-act=use]').onclick = () => dialog.close();
$('[data-act=close]').onclick = () => {
  if (!ask.hidden) begin(''); // nobody waits any longer
  dialog.close();
};
dialog.onclick = ({ target, clientX: x, clientY: y }) => { // beside it
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  if (target === dialog && (x < left || x > right || y < top || y > bottom)) dialog.close();
};
for (const kind of kinds) {
  channelOf(props.channels[kind]).addEventListener('bring', () => {
    if (doing.hidden) {
      mark(kind);
      if (shown?.takes !== kind) form();
    }
    dialog.showModal();
  });
}
mark(takes);
busy('');
element.dataset.ready = '';
