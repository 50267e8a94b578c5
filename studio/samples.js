// A strip of small pictures; nothing where the translator came without samples.
const arrange = () => {
  const { translator, samples = [] } = props.value ?? {};
  element.hidden = !samples.length;
  element.replaceChildren(make('span', { class: 'title' }, word('label')), ...samples.map(({ name, picture }, i) => {
    const label = word('sample', { number: i + 1 });
    const button = make('button', { type: 'button', class: 'thumb', 'aria-label': label, title: label }, make('img', { src: picture, alt: '' }));
    button.onclick = () => tell('sample', { translator, name });
    return button;
  }));
};
watch('value', arrange);
arrange();
element.dataset.ready = '';
