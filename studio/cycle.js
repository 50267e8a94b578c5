const go = $('[data-ask=round]'), strip = $('.strip'), count = $('.count'), problem = $('.problem');
let photo = null, translator = null, job = '', rounds = 0, patience;

const number = value => value.toLocaleString(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const decimals = (value, digits) => value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const titled = name => known(`title_${name}`) ?? name;
const picture = (src, caption, ...more) => make('figure', {}, make('img', { src, alt: '' }), make('figcaption', {}, caption, ...more));
const l1 = value => make('b', { class: 'l1' }, word('l1', { value: number(value) }));

const rest = () => {
  clearTimeout(patience);
  for (const button of $$('[data-ask]')) {
    button.disabled = !photo || !translator || Boolean(translator.missing);
    button.classList.remove('busy');
  }
  go.textContent = word(rounds ? 'again' : 'go');
};
const begin = () => { // another photo or another pair: nothing of the last one stays
  job = '';
  rounds = 0;
  strip.replaceChildren();
  strip.hidden = true;
  count.textContent = problem.textContent = '';
  for (const trial of $$('.trial')) { trial.hidden = true; trial.replaceChildren(); }
  element.dataset.rounds = 0;
  rest();
};
for (const button of $$('[data-ask]')) button.onclick = () => {
  job = unique();
  problem.textContent = '';
  for (const each of $$('[data-ask]')) each.disabled = true;
  button.classList.add('busy');
  const what = button.dataset.ask;
  props.value = { job, path: photo.path, translator: translator.name, what, again: what === 'round' && rounds > 0 };
  patience = setTimeout(rest, props.patience); // an answer that got lost blocks nothing; one that is only late counts until more is asked
  trigger('input');
};
const results = {
  round(answer) {
    rounds = answer.number;
    if (rounds === 1) strip.replaceChildren(make('li', { class: 'start' }, make('h3', {}, word('photo')), picture(answer.x, 'x')));
    const [there, back] = [known(`title_${translator.name}`) ?? translator.title, titled(translator.inverse)];
    strip.append(make('li', {}, make('h3', {}, word('round', { number: rounds }), ' ', l1(answer.l1)), make('div', {},
      picture(answer.y, word(rounds === 1 ? 'there' : 'there_again', { there })),
      picture(answer.x_cycled, word('back', { back })),
      picture(answer.map, word('map'))),
      make('p', { class: 'term' }, word('term', { l1: decimals(answer.l1 / 127.5, 3), term: decimals(10 * answer.l1 / 127.5, 2) }))));
    strip.hidden = false;
    strip.scrollBy({ left: strip.lastChild.getBoundingClientRect().left - strip.getBoundingClientRect().left - 3 });
    count.textContent = word(rounds === 1 ? 'one' : 'count', { count: rounds });
    element.dataset.rounds = rounds;
  },
  jpeg: answer => trial('jpeg', [word('jpeg_before'), word('jpeg_after')], answer, word('jpeg_moved', { value: number(answer.moved ?? 0) })),
  identity: answer => trial('identity', [word('identity_before'), word('identity_after', { back: titled(translator.inverse) })], answer),
};
const trial = (name, captions, answer, line = '') => {
  const place = $(`[data-test=${name}] .trial`);
  place.replaceChildren(...answer.pictures.map((src, i) => picture(src, captions[i], ...(answer.l1[i] === null ? [] : [' ', l1(answer.l1[i])]))));
  if (line) place.append(make('p', {}, line));
  place.hidden = false;
};
watch('value', () => {
  const answer = props.value;
  if (!job || answer?.job !== job || !('error' in answer || 'l1' in answer)) return;
  if (answer.gone) return tell('lost', { again: $(`[data-ask=${answer.what}]`).onclick });
  if (answer.error) problem.textContent = refusal(answer.error);
  else results[answer.what](answer);
  job = '';
  rest();
});
know('translator', offer => { translator = offer; begin(); });
know('photo', given => { photo = given; begin(); });
begin();
element.dataset.ready = '';
