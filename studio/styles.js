const button = $('[data-act=all]'), gallery = $('.gallery'), problem = $('.problem');
let photo = null, translator = null, job = '', patience;

const rest = () => {
  clearTimeout(patience);
  button.disabled = !photo;
  button.classList.remove('busy');
};
const wait = () => { // news that got lost block nothing; those that are only late count until more is asked
  clearTimeout(patience);
  patience = setTimeout(rest, props.patience);
};
const drop = () => {
  if (job) server.stop(job).catch(() => {}); // a server that is gone has stopped
  job = '';
  rest();
};
button.onclick = () => {
  drop();
  job = unique();
  button.disabled = true;
  button.classList.add('busy');
  problem.textContent = '';
  gallery.replaceChildren();
  props.value = { job, path: photo.path, translator: translator.name };
  wait();
  trigger('input');
};
const figure = (answer, i) => {
  const title = known(`title_${answer.translator}`) ?? answer.title;
  const picture = make('img', { src: answer.picture.url, alt: '', width: answer.width, height: answer.height });
  const open = make('button', { type: 'button', class: 'style', title: word('open', { title }) }, picture, make('b', {}, title),
    make('small', {}, `${Math.round(answer.ms).toLocaleString(language)} ms`));
  open.onclick = () => tell('open', answer);
  open.dataset.name = answer.translator;
  return open;
};
watch('value', () => {
  const answer = props.value;
  if (!job || answer?.job !== job) return;
  if (answer.gone) return tell('lost', { again: button.onclick });
  if (answer.error) { problem.textContent = refusal(answer.error); return drop(); }
  const { pictures = [], total } = answer;
  gallery.hidden = false;
  gallery.append(...pictures.slice(gallery.children.length).map(figure));
  element.dataset.pictures = pictures.length;
  if (pictures.length === total) drop();
  else wait();
});
know('translator', offer => { translator = offer; });
know('photo', given => {
  drop();
  photo = given;
  gallery.replaceChildren();
  gallery.hidden = true;
  problem.textContent = '';
  drop();
});
button.disabled = true;
if (photo) drop();
element.dataset.ready = '';
