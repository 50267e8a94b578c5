// The translator's card. Everything in it is text from the card or a picture of its folder.
const show = () => {
  const card = props.value;
  if (!card) return;
  const facts = make('dl');
  for (const key of ['method', 'data', 'licence', 'failures', 'credit'].filter(key => card[key])) {
    facts.append(make('dt', {}, word(key)), make('dd', {}, card[key]));
  }
  const body = make('div', { class: 'facts' }, facts);
  if (Object.keys(card.figures).length) body.append(make('h4', {}, word('figures')), table(card.figures));
  const title = shelf => known(`shelf_${card.takes}_${shelf.name}`) ?? known(`shelf_${shelf.name}`) ?? shelf.name;
  const shelves = card.shelves.map(shelf => make('figure', {},
    make('img', { src: shelf.picture, alt: title(shelf) }),
    make('figcaption', {}, title(shelf))));
  element.replaceChildren(
    make('h2', {}, known(`title_${card.name}`) ?? card.title),
    make('div', { class: 'columns' }, body, make('div', { class: 'shelves' }, ...shelves)));
};
const plain = value => (Array.isArray(value) && value.length === 3
  ? `${plain(value[0])} (${plain(value[1])} – ${plain(value[2])})` // a figure and its interval
  : typeof value === 'number' ? value.toLocaleString(language, { maximumSignificantDigits: 4 })
  : Array.isArray(value) ? value.map(plain).join(value.length === 2 ? ' ± ' : ', ') : String(value)); // a pair: mean and deviation
const table = figures => make('table', {}, ...Object.entries(figures).map(([name, value]) => make('tr', {},
  make('th', { scope: 'row' }, name.replaceAll('_', ' ')),
  make('td', {}, value !== null && typeof value === 'object' && !Array.isArray(value) ? table(value) : plain(value)))));
watch('value', show);
show();
element.dataset.ready = '';
