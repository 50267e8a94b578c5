// One radio a translator; arrows move between those that are ready, the others say how to get them.
const list = make('div', { class: 'cards', role: 'radiogroup', 'aria-label': word(`label_${props.kind}`) });
const how = make('p', { class: 'missing', role: 'status' });
const plus = make('button', { type: 'button', class: 'plus', title: word('plus_hint'), 'aria-label': word('plus'), 'aria-haspopup': 'dialog' }, make('b', {}, '+'), make('span', {}, word('plus')));
plus.onclick = () => tell('bring');
plus.hidden = !props.opens;
element.append(make('div', { class: 'row' }, list, plus), how);
let offers = [], catalogue = [], own = null; // own: what the panel of one's own networks brought

const explain = offer => {
  const [why, command] = (offer?.missing ?? '').split(/: (?=\S+ \S)/);
  how.replaceChildren(why, ...(command ? [': ', make('code', {}, command)] : []));
  how.hidden = !why;
};
const card = offer => {
  const picture = offer.thumbnail ? make('img', { src: offer.thumbnail, alt: '' }) : make('span', { class: 'blank' });
  const text = make('span', { class: 'text' }, make('b', {}, known(`title_${offer.name}`) ?? offer.title),
    make('small', {}, offer.missing ? word('missing') : offer.own ? word('own') : known(`about_${offer.name}`) ?? offer.method));
  const button = make('button', { type: 'button', role: 'radio', class: 'card', 'data-name': offer.name }, picture, text);
  if (offer.missing) button.setAttribute('aria-disabled', 'true');
  button.onclick = () => (offer.missing ? explain(offer) : choose(offer.name));
  return button;
};
const ready = () => $$('[role=radio]:not([aria-disabled])');
const choose = name => {
  explain(null);
  props.value = { name };
  const chosen = offers.find(offer => offer.name === name);
  if (!chosen.own) shelve(props.store, name);
  for (const button of ready()) {
    button.setAttribute('aria-checked', button.dataset.name === name);
    button.tabIndex = button.dataset.name === name ? 0 : -1;
  }
  tell('translator', chosen);
  trigger('input');
};
list.addEventListener('keydown', event => turning(ready(), event)?.click());

hear('pick', ({ name }) => choose(name));

const arrange = () => {
  if (!props.value?.offers) return;
  catalogue = props.value.offers;
  lay(own?.name ?? shelved(props.store));
};
const lay = wanted => {
  if (!catalogue.length) return;
  offers = own ? [own, ...catalogue] : catalogue;
  list.replaceChildren(...offers.map(card));
  for (const button of $$('[role=radio]')) button.setAttribute('aria-checked', 'false');
  const first = ready().find(button => button.dataset.name === wanted) ?? ready()[0];
  if (first) choose(first.dataset.name);
  else { props.value = { name: offers[0].name }; tell('translator', offers[0]); explain(offers[0]); }
  element.dataset.ready = '';
};
watch('value', arrange);
arrange();
know('brought', offer => {
  own = offer;
  lay(own.name);
});
