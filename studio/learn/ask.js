// Goes before the script of every scene: what a permanent link gave, and one question at a time; the newest wish goes when the answer came.
const linked = () => {
  const [, scene, state] = /^#scene=(\w+)(?:&with=([\w-]+))?$/.exec(location.hash) ?? [];
  try {
    const bytes = Uint8Array.from(atob((state ?? '').replaceAll('-', '+').replaceAll('_', '/')), letter => letter.charCodeAt(0));
    return { scene, state: state ? JSON.parse(new TextDecoder().decode(bytes)) : {} };
  } catch { return { scene, state: {} }; }
};
const link = (window.trazoLink ??= linked());
const given = link.state?.[props.name] ?? null;
const linkable = get => { (channel.linkable ??= {})[props.name] = get; }; // what a permanent link keeps of this part

const here = () => channel.last.scene?.name === props.name;
const onScene = enter => know('scene', () => { if (here()) enter(); });
const withDrawing = (kind, changed) => {
  let drawing = null, seen = null;
  const look = () => { if (here() && drawing !== seen) { seen = drawing; changed(drawing); } };
  know(`drawing_${kind}`, next => { drawing = next; look(); });
  onScene(look);
};

let asked = 0, underWay = false, wish = null, patience;
const rest = () => {
  clearTimeout(patience);
  underWay = false;
  element.removeAttribute('data-busy');
  if (wish) go();
};
const go = () => {
  underWay = true;
  element.dataset.busy = '';
  props.value = { serial: ++asked, ...wish };
  wish = null;
  patience = setTimeout(rest, 30000); // an answer that got lost blocks nothing
  trigger('input');
};
const ask = question => { wish = question; if (!underWay) go(); };
const answers = show => watch('value', () => {
  const told = props.value;
  if (!underWay || told?.serial !== asked || !('answer' in told || 'error' in told)) return;
  const missing = told.answer?.missing;
  $('.problem').textContent = told.error ?? (missing ? word('missing') : '');
  element.classList.toggle('without', Boolean(missing));
  if (told.answer && !missing) show(told.answer);
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
