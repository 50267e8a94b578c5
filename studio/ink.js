// Ink on paper, smooth to look at; ids above ink are hints, each in its colour.
const look = ([paper, ink]) => {
  const rgb = colour => [1, 3, 5].map(at => parseInt(colour.slice(at, at + 2), 16));
  const packed = ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  const toned = ground => Uint32Array.from({ length: 256 }, (_, i) => packed(ground.map((from, channel) => Math.round(from + (ink[channel] - from) * i / 255))));
  const plain = toned(paper), hinted = new Map(); // by colour
  const tones = colour => {
    if (!hinted.has(colour)) hinted.set(colour, toned(rgb(colour)));
    return hinted.get(colour);
  };

  // What lies under a pixel: its hint; under ink one from beside it, so that its soft edge shows no paper between.
  const ground = (ids, width, height, x, y) => {
    const at = y * width + x;
    if (ids[at] !== 1) return ids[at];
    const beside = [x && ids[at - 1], x < width - 1 && ids[at + 1], y && ids[at - width], y < height - 1 && ids[at + width]];
    return beside.find(id => id > 1) ?? 0;
  };

  // Onto a canvas of twice the size, for dense displays: the id's edge is smoothed (1 2 1, then linear) and made steep again. Only the look
  // is blended, the ids never are.
  const TAPS = [[1 / 16, 5 / 16, 7 / 16, 3 / 16, 0], [0, 3 / 16, 7 / 16, 5 / 16, 1 / 16]], STEEP = 2.2;
  const clamp = (value, top) => (value < 0 ? 0 : value > top ? top : value);
  const show = ({ ids, width, height, colours }, context, [left, top, right, bottom] = [0, 0, width, height]) => {
    const x0 = Math.max(0, left - 2), y0 = Math.max(0, top - 2), w = Math.min(width, right + 2) - x0, h = Math.min(height, bottom + 2) - y0;
    if (w <= 0 || h <= 0) return;
    const rows = new Float32Array(2 * w * (h + 4)); // ink along x, two samples a pixel
    for (let y = 0; y < h + 4; y++) for (let x = 0; x < w; x++) {
      const line = clamp(y0 + y - 2, height - 1) * width;
      for (let k = 0; k < 5; k++) if (ids[line + clamp(x0 + x + k - 2, width - 1)] === 1) {
        rows[2 * (y * w + x)] += TAPS[0][k];
        rows[2 * (y * w + x) + 1] += TAPS[1][k];
      }
    }
    const scales = [plain, plain, ...colours.map(tones)], under = new Uint8Array(colours.length ? w * h : 0);
    for (let i = 0; i < under.length; i++) under[i] = ground(ids, width, height, x0 + i % w, y0 + Math.floor(i / w));
    const image = context.createImageData(2 * w, 2 * h), pixels = new Uint32Array(image.data.buffer);
    for (let y = 0; y < 2 * h; y++) for (let x = 0; x < 2 * w; x++) {
      let cover = 0;
      for (let k = 0; k < 5; k++) cover += TAPS[y & 1][k] * rows[((y >> 1) + k) * 2 * w + x];
      const scale = under.length ? scales[under[(y >> 1) * w + (x >> 1)]] : plain;
      pixels[y * 2 * w + x] = scale[Math.round(255 * clamp((cover - 0.5) * STEEP + 0.5, 1))];
    }
    context.putImageData(image, 2 * x0, 2 * y0);
  };

  const flat = ({ ids, width, height, colours }) => { // black on white, and the hints, at the canvas's own size, as the translator takes it
    const canvas = make('canvas', { width, height }), context = canvas.getContext('2d'), pixels = context.createImageData(width, height);
    const tints = [0xffffffff, 0xff000000, ...colours.map(colour => packed(rgb(colour)))];
    new Uint32Array(pixels.data.buffer).set(Uint32Array.from(ids, id => tints[id]));
    context.putImageData(pixels, 0, 0);
    return canvas;
  };
  return { scale: 2, show, flat, file: sheet => png(flat(sheet)) };
};
