"""A step of the vq-vae in float64: vq_vae_step.py FILE, which has weights by our names, images, labels, and two options. Prints JSON:
metrics, gradients, and the book's averages after the step, of vectors that are all in use."""
import json
import sys

import torch
import torch.nn.functional as F

with open(sys.argv[1]) as f:
    given = json.load(f)


def tensor(value):
    return torch.tensor(value['data'], dtype=torch.float64).reshape(value['shape'])


P = {name: tensor(value) for name, value in given['weights'].items()}
trained = {name: p.requires_grad_() for name, p in P.items() if not name.startswith('codebook/')}
images = tensor(given['images'])
n = images.shape[0]


def conv(x, at, stride=1):
    w = P[f'{at}/kernel']
    return F.conv2d(x, w.permute(3, 2, 0, 1), P[f'{at}/bias'], stride, (w.shape[0] - stride) // 2)


def residuals(x, at):
    for name in ('residual', 'residual_1'):
        h = conv(F.relu(x), f'{at}/{name}/conv2d')
        x = x + conv(F.relu(h), f'{at}/{name}/conv2d_1')
    return F.relu(x)


def dense(x, name):
    y = x @ P[f'prior/{name}/kernel']
    return y + P[f'prior/{name}/bias'] if f'prior/{name}/bias' in P else y


x = images.permute(0, 3, 1, 2)
z = conv(residuals(F.relu(conv(x, 'encoder/conv2d', 2)), 'encoder'), 'encoder/conv2d_1').permute(0, 2, 3, 1)
_, height, width, depth = z.shape
count, total = P['codebook/count'], P['codebook/sum']
book = total / count
rows = z.reshape(-1, depth)
numbers = torch.cdist(rows, book).argmin(1)
choices = F.one_hot(numbers, len(book)).double()
chosen = (choices @ book).reshape(z.shape).detach()
through = (z + (chosen - z).detach()).permute(0, 3, 1, 2)
h = residuals(conv(through, 'decoder/conv2d'), 'decoder')
up = P['decoder/conv2dTranspose/kernel']
made = F.conv_transpose2d(h, up.permute(3, 2, 0, 1), P['decoder/conv2dTranspose/bias'], 2, 1)
reconstruction = ((x - made) ** 2).sum() / n
distance = ((z - chosen) ** 2).sum() / n
loss = reconstruction + given['commitment'] * distance

BEFORE = [(-1, -1), (-1, 0), (-1, 1), (0, -1)]


def near(x, taps):
    grid = F.pad(x.reshape(n, height, width, -1), (0, 0, 1, 1, 1, 0))
    return torch.cat([grid[:, 1 + i:1 + i + height, 1 + j:1 + j + width] for i, j in taps], 3)


places = torch.eye(height * width, dtype=torch.float64)
h = dense(near(dense(choices, 'embedding'), BEFORE), 'before') + dense(places, 'position').reshape(1, height, width, -1)
if 'prior/label/kernel' in P:
    h = h + P['prior/label/kernel'][given['labels']].reshape(n, 1, 1, -1)
b = 0
while f'prior/value_{b}/kernel' in P:
    seen = near(h, BEFORE + [(0, 0)])
    h = h + dense(torch.tanh(dense(seen, f'value_{b}')) * torch.sigmoid(dense(seen, f'gate_{b}')), f'mix_{b}')
    b += 1
logits = dense(F.relu(dense(F.relu(h), 'hidden')), 'logits').reshape(-1, len(book))
prior = F.cross_entropy(logits, numbers, reduction='sum') / n

(loss + prior).backward()
shares = choices.mean(0)
used = shares[shares > 0]
decay = given['decay']
count = decay * count + (1 - decay) * choices.sum(0, keepdim=True).T / n
total = decay * total + (1 - decay) * choices.T @ rows.detach() / n
assert (count > 1 / 128).all(), 'a vector begins again at random; choose another seed'
print(json.dumps({
    'metrics': {
        'loss': loss.item(), 'reconstruction': reconstruction.item(), 'commitment': distance.item(), 'prior': prior.item(),
        'perplexity': torch.exp(-(used * used.log()).sum()).item(),
    },
    'grads': {name: p.grad.flatten().tolist() for name, p in trained.items()},
    'book': {'count': count.flatten().tolist(), 'sum': total.flatten().tolist()},
}))
