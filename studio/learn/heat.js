// A discriminator's map over a picture. One pixel of the map is a cell: red looks painted to the discriminator, green looks real.
const readCells = async src => {
  const image = make('img', { src });
  await image.decode();
  const canvas = make('canvas', { width: image.naturalWidth, height: image.naturalHeight }), context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width: canvas.width, height: canvas.height, values: Array.from({ length: data.length / 4 }, (_, i) => data[4 * i] / 255) };
};
const showCells = (view, { width, height, values }, percent) => {
  [view.width, view.height] = [width, height];
  const image = new ImageData(width, height);
  values.forEach((value, i) => {
    const t = Math.abs(2 * value - 1), end = value < 0.5 ? [214, 40, 20] : [20, 150, 90];
    image.data.set([...end, 255 * (0.15 + 0.85 * t)], 4 * i);
  });
  view.getContext('2d').putImageData(image, 0, 0);
  view.style.opacity = percent / 100;
};
// Around the window of a cell [x, y], as far as it lies inside the picture; without a cell there is no frame.
const frameWindow = (frame, window, cell, size) => {
  frame.hidden = !cell || !window;
  if (frame.hidden) return;
  const { start, step, size: side } = window;
  const [low, high] = [0, 1].map(end => cell.map((i, axis) => Math.min(size[axis], Math.max(0, start + i * step + end * side))));
  const share = (value, axis) => `${100 * value / size[axis]}%`;
  Object.assign(frame.style, { left: share(low[0], 0), top: share(low[1], 1), width: share(high[0] - low[0], 0), height: share(high[1] - low[1], 1) });
  frame.dataset.box = [...low, ...high];
};
// A click, or an arrow key, chooses a cell of the map.
const pickCells = (view, map, chosen, choose) => {
  view.onclick = event => {
    if (!map()) return;
    const box = view.getBoundingClientRect();
    choose(Math.floor((event.clientX - box.left) / box.width * map().width), Math.floor((event.clientY - box.top) / box.height * map().height));
  };
  view.onkeydown = event => {
    const turn = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!turn || !map()) return;
    event.preventDefault();
    event.stopPropagation();
    const from = chosen() ?? [map().width >> 1, map().height >> 1];
    choose(from[0] + turn[0], from[1] + turn[1]);
  };
};
