# Writes test/golden/pictures: files of every kind, and what Pillow makes of them.
import json, sys, hashlib
from PIL import Image, ImageOps
import numpy as np
out = sys.argv[1]
def pixels(h, w, c, k=1):
    y, x = np.mgrid[0:h, 0:w]
    planes = [(x*5*k + y*3) % 256, (y*7*k + x*x//9) % 256, ((x+y)*3*k) % 256, (255 - (x*4 + y*2) % 256)]
    return np.stack(planes[:c], -1).astype('u1')
rgb = Image.fromarray(pixels(37, 53, 3)); tall = Image.fromarray(pixels(61, 24, 3, 2)); small = Image.fromarray(pixels(9, 13, 3))
rgba = Image.fromarray(pixels(40, 40, 4))
grey = rgb.convert('L')
rgb.save(f'{out}/a.png'); tall.save(f'{out}/tall.png'); small.save(f'{out}/small.png'); rgba.save(f'{out}/alpha.png'); grey.save(f'{out}/grey.png')
rgb.quantize(16).save(f'{out}/palette.png'); Image.fromarray((pixels(20,20,1)[...,0].astype('u2')*257)).save(f'{out}/wide.png')
grey.convert('1').save(f'{out}/bits.png')
rgb.save(f'{out}/a.jpg', quality=90); rgb.save(f'{out}/progressive.jpg', quality=85, progressive=True); grey.save(f'{out}/grey.jpg')
ex = Image.Exif(); ex[0x112] = 6; rgb.save(f'{out}/turned.jpg', quality=90, exif=ex)
rgb.convert('CMYK').save(f'{out}/cmyk.jpg')
rgb.save(f'{out}/lossy.webp', quality=80); rgba.save(f'{out}/alpha.webp', lossless=True); small.save(f'{out}/lossless.webp', lossless=True)
small.save(f'{out}/moving.webp', save_all=True, append_images=[small.rotate(180)], lossless=True)
B = Image.BILINEAR
def sha(im): return hashlib.sha256(im.tobytes()).hexdigest()
def on(im, bg):
    b = Image.new('RGBA', im.size, bg + (255,)); return Image.alpha_composite(b, im).convert('RGB')
cases = []
for f in ['a.png', 'tall.png', 'small.png', 'grey.png']:
    im = Image.open(f'{out}/{f}')
    for (w, h) in [(16, 16), (32, 20), (64, 64), (53, 37), (1, 1), (100, 7)]:
        c = 1 if im.mode == 'L' else 3
        cases.append([f, w, h, c, 'stretch', sha(im.resize((w, h), B))])
        cases.append([f, w, h, c, 'cover', sha(ImageOps.fit(im, (w, h), B))])
for (w, h) in [(16, 16), (64, 30)]:
    im = Image.open(f'{out}/alpha.png'); cases.append(['alpha.png', w, h, 4, 'stretch', sha(im.resize((w, h), B))])
    cases.append(['a.png', w, h, 1, 'stretch', sha(rgb.resize((w, h), B).convert('L'))])
    for f in ['a.png', 'tall.png']:
        cases.append([f, w, h, 3, 'contain', sha(ImageOps.pad(Image.open(f'{out}/{f}'), (w, h), B, color=(255, 255, 255)))])
decoded = {f: [*Image.open(f'{out}/{f}').size, sha(Image.open(f'{out}/{f}').convert('RGBA'))] for f in
  ['a.png', 'alpha.png', 'grey.png', 'palette.png', 'bits.png', 'alpha.webp', 'lossless.webp', 'lossy.webp', 'a.jpg', 'progressive.jpg', 'grey.jpg']}
t = ImageOps.exif_transpose(Image.open(f'{out}/turned.jpg')); decoded['turned.jpg'] = [*t.size, sha(t.convert('RGBA'))]
json.dump({'about': 'written by gen_pictures.py, Pillow 9.4', 'decoded': decoded, 'resized': cases}, open(f'{out}/pillow.json', 'w'), indent=0)
