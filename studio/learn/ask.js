// Goes before the script of every scene: what a permanent link gave, and one question at a time; the newest wish goes when the answer came.
// The address keeps a link, so that a reload meets it again. `meet` notes in the tab which link it met, and whether that was made there: the
// drawing of one that came from elsewhere (`foreign`) stays in the tab, beside one's own.
const meet = (hash, own) => { try { sessionStorage.setItem('trazo-link', JSON.stringify({ hash, own })); } catch { /* forbidden */ } };
const met = () => { try { return JSON.parse(sessionStorage.getItem('trazo-link')); } catch { return null; } };
const linked = () => {
  const [hash, scene, state] = /^#scene=(\w+)(?:&with=([\w-]+))?$/.exec(location.hash) ?? [];
  const before = met(), again = Boolean(hash) && before?.hash === hash, own = !hash || (again && before.own);
  if (hash && !again) {
    try { for (const key of Object.keys(sessionStorage).filter(key => key.startsWith(keptAs('pad-')))) sessionStorage.removeItem(key); } catch { /* forbidden */ }
    meet(hash, false);
  }
  const found = { scene, state: {}, again, own };
  try {
    const bytes = Uint8Array.from(atob((state ?? '').replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0));
    return { ...found, state: state ? JSON.parse(new TextDecoder().decode(bytes)) : {} };
  } catch { return found; }
};
const link = (window.trazoLink ??= linked());
const given = link.state?.[props.name] ?? null; // anybody's, so each value is looked at before it is used
const among = (list, value, otherwise = list[0]) => (list.includes(value) ? value : otherwise);
const pair = value => (Array.isArray(value) && value.length === 2 && value.every(Number.isInteger) ? value : null);
const foreign = Boolean(given) && !link.own;
const linkable = get => { (channel.linkable ??= {})[props.name] = get; }; // what a permanent link keeps of this part

const here = () => channel.last.scene?.name === props.name;
const onScene = enter => know('scene', () => { if (here()) enter(); });
const withDrawing = (kind, changed) => {
  let drawing = null, seen = null;
  const look = () => { if (here() && drawing !== seen) { seen = drawing; changed(drawing); } };
  know(`drawing_${kind}`, next => { drawing = next; look(); });
  onScene(look);
};

let asked = 0, heard = 0, underWay = false, wish = null, question, patience;
const rest = () => {
  clearTimeout(patience);
  underWay = false;
  element.removeAttribute('data-busy');
  if (wish) go();
};
const go = () => {
  underWay = true;
  element.dataset.busy = '';
  [question, wish] = [wish, null];
  props.value = { serial: ++asked, ...question };
  patience = setTimeout(rest, props.patience); // an answer that got lost blocks nothing; one that is only late counts until more is asked
  trigger('input');
};
const ask = next => { wish = next; if (!underWay) go(); };
const answers = show => watch('value', () => { // `show` is given the answer, and the question as it was asked
  const told = props.value;
  if (heard === asked || told?.serial !== asked || !('answer' in told || 'error' in told)) return;
  heard = asked;
  const missing = told.answer?.missing;
  $('.problem').textContent = told.error ? refusal(told.error) : missing ? word('missing') : '';
  element.classList.toggle('without', Boolean(missing));
  if (told.answer && !missing) show(told.answer, question);
  element.dataset.answered = asked;
  rest();
});

const press = (buttons, chosen) => { for (const button of buttons) button.setAttribute('aria-pressed', button === chosen); };
const choices = (place, entries, chosen, pick) => { // buttons of which one is pressed
  const buttons = entries.map(([value, text]) => {
    const button = make('button', { type: 'button', class: 'tool', 'data-value': value, 'aria-pressed': value === chosen }, text);
    button.onclick = () => { press(buttons, button); pick(value); };
    return button;
  });
  place.replaceChildren(...buttons);
};
const decimals = (value, digits = 2) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const mouseGivesNoFocus = node => node.addEventListener('mousedown', event => { // a presenter's keys stay the presenter's
  event.preventDefault();
  document.activeElement?.blur();
});
