// Every class id in its own flat colour; a file of it holds the ids themselves. Where a line divides an object, its pixels have the bit
// SPLIT beside their class, which has no colour.
const SPLIT = 128;

const look = colours => {
  const bits = colours.length > SPLIT ? 255 : SPLIT - 1; // the bits that name the class
  const tones = Uint32Array.from({ length: 256 }, (_, id) => {
    const [r, g, b] = colours[id] ?? [0, 0, 0];
    return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
  });
  const show = ({ ids, width, height }, context, [left, top, right, bottom] = [0, 0, width, height]) => {
    if (right <= left || bottom <= top) return;
    const image = context.createImageData(right - left, bottom - top), pixels = new Uint32Array(image.data.buffer);
    for (let y = top, i = 0; y < bottom; y++) for (let x = left; x < right; x++) pixels[i++] = tones[ids[y * width + x] & bits];
    context.putImageData(image, left, top);
  };
  const flat = sheet => {
    const canvas = make('canvas', { width: sheet.width, height: sheet.height });
    show(sheet, canvas.getContext('2d'));
    return canvas;
  };

  // A PNG of colour type 3 (indexed): its values are the ids, its palette the colours. A canvas can only write RGBA.
  const CRCS = Uint32Array.from({ length: 256 }, (_, n) => {
    for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
    return n;
  });
  const word32 = value => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  const chunk = (kind, data) => {
    const body = Uint8Array.from([...new TextEncoder().encode(kind), ...data]);
    return Uint8Array.from([...word32(data.length), ...body, ...word32(~body.reduce((crc, byte) => CRCS[(crc ^ byte) & 255] ^ (crc >>> 8), -1) >>> 0)]);
  };
  const file = async ({ ids, width, height }) => {
    const rows = new Uint8Array(height * (width + 1)); // each begins with its filter: 0, none
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = ids[y * width + x] & bits;
    const packed = await new Response(new Blob([rows]).stream().pipeThrough(new CompressionStream('deflate'))).arrayBuffer();
    return new Blob([
      Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
      chunk('IHDR', [...word32(width), ...word32(height), 8, 3, 0, 0, 0]),
      chunk('PLTE', colours.flat()),
      chunk('IDAT', new Uint8Array(packed)),
      chunk('IEND', []),
    ], { type: 'image/png' });
  };
  return { scale: 1, show, flat, file };
};
