// Files for the person, made in the browser from what is shown.
const save = (blob, name) => {
  const link = make('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};
const png = canvas => new Promise(done => canvas.toBlob(done, 'image/png'));
