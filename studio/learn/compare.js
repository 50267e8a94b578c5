// Every ablation's picture of the drawing, and under them what was measured.
const plain = value => (typeof value === 'number' ? value.toLocaleString(language, { maximumSignificantDigits: 4 })
  : Array.isArray(value) ? `${plain(value[0])} (${value.slice(1).map(plain).join(' … ')})` : String(value ?? '')); // a figure and its interval
const titled = name => known(`run_${name}`) ?? name;
const figure = (name, picture) => make('figure', { 'data-run': name },
  picture.error ? make('p', { class: 'problem' }, picture.error) : make('img', { src: picture, alt: titled(name) }), make('figcaption', {}, titled(name)));
const table = rows => {
  const runs = Object.entries(rows).filter(([, row]) => row && typeof row === 'object');
  const figures = [...new Set(runs.flatMap(([, row]) => Object.keys(row)))];
  if (!figures.length) return [];
  return [make('table', {}, make('tr', {}, make('th'), ...runs.map(([name]) => make('th', { scope: 'col' }, titled(name)))),
    ...figures.map(figure => make('tr', {}, make('th', { scope: 'row' }, figure.replaceAll('_', ' ')), ...runs.map(([, row]) => make('td', {}, plain(row[figure]))))))];
};
answers(answer => {
  const pictures = Object.entries(answer.pictures);
  if (answer.real) pictures.push(['real', answer.real]);
  $('.runs').replaceChildren(...pictures.map(([name, picture]) => figure(name, picture)));
  $('.table').replaceChildren(...table(answer.table));
});
withDrawing('boxes', drawing => ask({ drawing }));
element.dataset.ready = '';
