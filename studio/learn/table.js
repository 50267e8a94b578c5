// What was measured, a column a run.
const plain = value => (typeof value === 'number' ? value.toLocaleString(language, { maximumSignificantDigits: 4 })
  : Array.isArray(value) ? `${plain(value[0])} (${value.slice(1).map(plain).join(' … ')})` : String(value ?? '')); // a figure and its interval
const titled = name => known(`run_${name}`) ?? name;
const table = rows => {
  const runs = Object.entries(rows).filter(([, row]) => row && typeof row === 'object');
  const figures = [...new Set(runs.flatMap(([, row]) => Object.keys(row)))];
  if (!figures.length) return [];
  return [make('table', {}, make('tr', {}, make('th'), ...runs.map(([name]) => make('th', { scope: 'col' }, titled(name)))),
    ...figures.map(figure => make('tr', {}, make('th', { scope: 'row' }, figure.replaceAll('_', ' ')), ...runs.map(([, row]) => make('td', {}, plain(row[figure]))))))];
};
