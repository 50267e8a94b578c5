// A square of class ids, as the canvas holds it and the picture shows it again: hard-edged, never blended.
const raster = (width, height, [paper, ink]) => {
  const tones = Uint32Array.from({ length: 256 }, (_, i) => {
    const [r, g, b] = paper.map((from, channel) => Math.round(from + (ink[channel] - from) * i / 255));
    return (255 << 24) | (b << 16) | (g << 8) | r;
  });
  let ids = new Uint8Array(width * height);

  const runs = () => {
    const out = [];
    let id = ids[0], start = 0;
    for (let i = 1; i <= ids.length; i++) if (i === ids.length || ids[i] !== id) { out.push(id, i - start); id = ids[i]; start = i; }
    return out;
  };
  const fromRuns = list => {
    const read = new Uint8Array(width * height);
    let at = 0;
    for (let i = 0; i < list.length; i += 2) { read.fill(list[i], at, at + list[i + 1]); at += list[i + 1]; }
    return at === read.length ? read : null;
  };
  const count = () => { let inked = 0; for (const id of ids) inked += id > 0; return inked; };

  // Every pixel within `radius` of the segment a-b takes the id; returns the touched box [x0, y0, x1, y1).
  const capsule = (a, b, radius, id) => {
    const x0 = Math.max(0, Math.floor(Math.min(a[0], b[0]) - radius)), x1 = Math.min(width, Math.ceil(Math.max(a[0], b[0]) + radius) + 1);
    const y0 = Math.max(0, Math.floor(Math.min(a[1], b[1]) - radius)), y1 = Math.min(height, Math.ceil(Math.max(a[1], b[1]) + radius) + 1);
    const dx = b[0] - a[0], dy = b[1] - a[1], length2 = dx * dx + dy * dy || 1;
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) {
      const t = Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / length2));
      const ex = x - a[0] - t * dx, ey = y - a[1] - t * dy;
      if (ex * ex + ey * ey <= radius * radius) ids[y * width + x] = id;
    }
    return [x0, y0, x1, y1];
  };

  // Onto a canvas of twice the size, for dense displays: the id's edge is smoothed (1 2 1, then linear) and made steep again. Only the look
  // is blended, the ids never are.
  const TAPS = [[1 / 16, 5 / 16, 7 / 16, 3 / 16, 0], [0, 3 / 16, 7 / 16, 5 / 16, 1 / 16]], STEEP = 2.2;
  const clamp = (value, top) => (value < 0 ? 0 : value > top ? top : value);
  const show = (context, [left, top, right, bottom] = [0, 0, width, height]) => {
    const x0 = Math.max(0, left - 2), y0 = Math.max(0, top - 2), w = Math.min(width, right + 2) - x0, h = Math.min(height, bottom + 2) - y0;
    if (w <= 0 || h <= 0) return;
    const rows = new Float32Array(2 * w * (h + 4)); // ink along x, two samples a pixel
    for (let y = 0; y < h + 4; y++) for (let x = 0; x < w; x++) {
      const line = clamp(y0 + y - 2, height - 1) * width;
      for (let k = 0; k < 5; k++) if (ids[line + clamp(x0 + x + k - 2, width - 1)]) {
        rows[2 * (y * w + x)] += TAPS[0][k];
        rows[2 * (y * w + x) + 1] += TAPS[1][k];
      }
    }
    const image = context.createImageData(2 * w, 2 * h), pixels = new Uint32Array(image.data.buffer);
    for (let y = 0; y < 2 * h; y++) for (let x = 0; x < 2 * w; x++) {
      let cover = 0;
      for (let k = 0; k < 5; k++) cover += TAPS[y & 1][k] * rows[((y >> 1) + k) * 2 * w + x];
      pixels[y * 2 * w + x] = tones[Math.round(255 * clamp((cover - 0.5) * STEEP + 0.5, 1))];
    }
    context.putImageData(image, 2 * x0, 2 * y0);
  };

  return { runs, fromRuns, count, capsule, show, get ids() { return ids; }, set ids(next) { ids = next; } };
};
