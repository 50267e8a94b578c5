// Regions of a raster: filled without blending, or found.
const regions = sheet => {
  const { width, height } = sheet;

  const rectangle = (a, b, id) => {
    const [x0, x1] = [a[0], b[0]].map(Math.round).sort((p, q) => p - q), [y0, y1] = [a[1], b[1]].map(Math.round).sort((p, q) => p - q);
    const left = Math.max(0, x0), right = Math.min(width, x1 + 1);
    for (let y = Math.max(0, y0); y < Math.min(height, y1 + 1); y++) if (left < right) sheet.ids.fill(id, y * width + left, y * width + right);
  };

  // Every pixel whose middle lies inside, by the even-odd rule; and the outline, so that a thin one is not lost.
  const polygon = (points, id) => {
    const edges = points.map((point, i) => [point, points[(i + 1) % points.length]]);
    for (let y = 0; y < height; y++) {
      const crossings = edges.filter(([a, b]) => (a[1] <= y) !== (b[1] <= y)).map(([a, b]) => a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]));
      crossings.sort((p, q) => p - q);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const left = Math.max(0, Math.ceil(crossings[i])), right = Math.min(width, Math.floor(crossings[i + 1]) + 1);
        if (left < right) sheet.ids.fill(id, y * width + left, y * width + right);
      }
    }
    for (const [a, b] of edges) sheet.capsule(a, b, 0.5, id);
  };

  // The pixels that hang together (4 neighbours) with (x, y) and equal it in the bits of `mask`: 1 inside, 0 outside.
  const around = (x, y, mask) => {
    const { ids } = sheet, inside = new Uint8Array(width * height), stack = [y * width + x], wanted = ids[y * width + x] & mask;
    const take = i => { if (!inside[i] && (ids[i] & mask) === wanted) { inside[i] = 1; stack.push(i); } };
    inside[stack[0]] = 1;
    while (stack.length) {
      const i = stack.pop(), column = i % width;
      if (column) take(i - 1);
      if (column < width - 1) take(i + 1);
      if (i >= width) take(i - width);
      if (i < width * (height - 1)) take(i + width);
    }
    return inside;
  };
  const fill = (x, y, id, mask) => around(x, y, mask).forEach((inside, i) => { if (inside) sheet.ids[i] = id; });

  return { rectangle, polygon, around, fill };
};
