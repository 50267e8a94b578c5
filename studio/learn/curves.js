// Lines over steps on a small canvas: each series is { points: [[x, y], …], colour }, a variable of the page's style; y may be null.
const curves = (canvas, series) => {
  const box = canvas.getBoundingClientRect(), scale = devicePixelRatio, context = canvas.getContext('2d');
  if (!box.width) return;
  [canvas.width, canvas.height] = [box.width * scale, box.height * scale];
  const all = series.flatMap(({ points }) => points.filter(([, y]) => Number.isFinite(y)));
  if (!all.length) return;
  const [left, right] = [Math.min(...all.map(p => p[0])), Math.max(...all.map(p => p[0]))];
  const [low, high] = [Math.min(0, ...all.map(p => p[1])), Math.max(...all.map(p => p[1]))];
  const pad = 6 * scale, gutter = 40 * scale;
  const px = x => gutter + (x - left) / (right - left || 1) * (canvas.width - gutter - pad);
  const py = y => canvas.height - pad - (y - low) / (high - low || 1) * (canvas.height - 2 * pad);
  const style = getComputedStyle(element);
  context.font = `${11 * scale}px system-ui, sans-serif`;
  context.fillStyle = context.strokeStyle = style.getPropertyValue('--soft');
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const y of new Set([low, 0, high])) {
    context.globalAlpha = 1;
    context.fillText(decimals(y), gutter - 5 * scale, Math.min(canvas.height - 6 * scale, Math.max(6 * scale, py(y))));
    context.globalAlpha = 0.35;
    context.beginPath();
    context.moveTo(gutter, py(y));
    context.lineTo(canvas.width, py(y));
    context.stroke();
  }
  context.globalAlpha = 1;
  context.lineWidth = 1.8 * scale;
  context.lineJoin = 'round';
  for (const { points, colour } of series) {
    context.strokeStyle = style.getPropertyValue(colour);
    context.beginPath();
    for (const [x, y] of points) if (Number.isFinite(y)) context.lineTo(px(x), py(y));
    context.stroke();
  }
};
