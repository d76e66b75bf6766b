"""Writes reference.json: figures of two sets of features by numpy, from the papers' formulas. Run: python3 test/metrics/reference.py"""
import json, os
import numpy as np

def lcg(seed, n, scale=1.0, shift=0.0):
    s = (seed * 2654435761) % 2**32
    out = np.empty(n)
    for i in range(-8, n):
        s = (1664525 * s + 1013904223) % 2**32
        if i >= 0: out[i] = (2 * ((s >> 8) / 16777216) - 1) * scale + shift
    return out.astype(np.float32).astype(np.float64)

def distances(a, b):
    return np.sqrt(((a[:, None, :] - b[None, :, :]) ** 2).sum(-1))

def figures(x, y, k):
    m, n = len(x), len(y)
    d = x.shape[1]
    kernel = lambda a, b: (a @ b.T / d + 1) ** 3
    xx, yy, xy = kernel(x, x), kernel(y, y), kernel(x, y)
    kid = (xx.sum() - np.trace(xx)) / (m * (m - 1)) + (yy.sum() - np.trace(yy)) / (n * (n - 1)) - 2 * xy.mean()
    # The distance to itself, 0, comes first.
    rx = np.sort(distances(x, x), axis=1)[:, k]
    ry = np.sort(distances(y, y), axis=1)[:, k]
    xy = distances(x, y)
    in_real = xy <= rx[:, None]
    cov = lambda a: np.cov(a, rowvar=False)
    values = np.linalg.eigvals(cov(x) @ cov(y)).real.clip(0)
    frechet = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(cov(x) + cov(y)) - 2 * np.sqrt(values).sum()
    return dict(frechet=frechet, kernel=kid, precision=in_real.any(0).mean(), recall=(xy <= ry[None, :]).any(1).mean(),
                density=in_real.sum() / (k * n), coverage=in_real.any(1).mean())

cases = []
for m, n, d, scale, shift, k in [(40, 30, 5, 1.0, 0.0, 5), (25, 60, 8, 0.5, 0.2, 3), (50, 50, 3, 2.0, -0.5, 1), (12, 12, 16, 0.1, 1.5, 5)]:
    x, y = lcg(11, m * d).reshape(m, d), lcg(12, n * d, scale, shift).reshape(n, d)
    cases.append(dict(m=m, n=n, d=d, scale=scale, shift=shift, k=k, figures=figures(x, y, k)))
with open(os.path.join(os.path.dirname(__file__), 'reference.json'), 'w') as f: json.dump(cases, f, indent=1, default=float)
