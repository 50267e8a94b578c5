// Every ablation's picture of the drawing, and under them what was measured.
const figure = (name, picture) => make('figure', { 'data-run': name },
  picture.error ? make('p', { class: 'problem' }, refusal(picture.error)) : make('img', { src: picture, alt: titled(name) }), make('figcaption', {}, titled(name)));
answers(answer => {
  const pictures = Object.entries(answer.pictures);
  if (answer.real) pictures.push(['real', answer.real]);
  $('.runs').replaceChildren(...pictures.map(([name, picture]) => figure(name, picture)));
  $('.table').replaceChildren(...table(answer.table));
});
withDrawing('boxes', drawing => ask({ drawing }));
element.dataset.ready = '';
