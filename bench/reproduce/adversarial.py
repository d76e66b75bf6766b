"""The package's dcgan and wgan-gp at their defaults, in PyTorch: trains one on MNIST and writes samples, NPY of floats
[n, 28, 28, 1].
Arguments: KIND IMAGES SEED EPOCHS SAMPLES OUT; IMAGES is MNIST's file of training images."""
import os, sys, numpy as np, torch, torch.nn as nn, torch.nn.functional as F

kind, images, seed, epochs, samples, out = sys.argv[1:]
dcgan = kind == 'dcgan'
torch.manual_seed(int(seed))
torch.set_num_threads(1)
batch, latent, critic_steps = (128, 100, 1) if dcgan else (32, 64, 3)
half, quarter = (64, 128) if dcgan else (32, 64)
epsilon = 1e-5 if dcgan else 1e-3


class Reshape(nn.Module):
    def forward(self, x): return x.view(len(x), quarter, 7, 7)


norm = lambda channels: nn.BatchNorm2d(channels, eps=epsilon, momentum=0.1)
generator = nn.Sequential(
    nn.Linear(latent, 7 * 7 * quarter), Reshape(), norm(quarter), nn.ReLU(),
    nn.ConvTranspose2d(quarter, half, 4, 2, 1), norm(half), nn.ReLU(),
    nn.ConvTranspose2d(half, 1, 4, 2, 1), nn.Tanh())
judge = nn.Sequential(
    nn.Conv2d(1, half, 4, 2, 1), nn.LeakyReLU(0.2),
    nn.Conv2d(half, quarter, 4, 2, 1), *([norm(quarter)] if dcgan else []), nn.LeakyReLU(0.2),
    nn.Flatten(), nn.Linear(7 * 7 * quarter, 1))
for layer in [*generator, *judge]:
    if not hasattr(layer, 'weight') or isinstance(layer, nn.BatchNorm2d): continue
    nn.init.normal_(layer.weight, 0, 0.02) if dcgan else nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)

betas = (0.5, 0.999) if dcgan else (0, 0.9)
adams = {net: torch.optim.Adam(net.parameters(), 2e-4, betas, 1e-8) for net in (judge, generator)}
noise = lambda: torch.randn(batch, latent)


def minimize(net, loss):
    adams[net].zero_grad(set_to_none=True)
    loss.backward(inputs=list(net.parameters()))
    adams[net].step()


def penalty(real, fake):
    between = (fake + torch.rand(batch, 1, 1, 1) * (real - fake)).requires_grad_(True)
    slope, = torch.autograd.grad(judge(between).sum(), between, create_graph=True)
    return (((slope.flatten(1) ** 2).sum(1) + 1e-12).sqrt() - 1).square().mean()


def criticize(real):
    with torch.no_grad(): fake = generator(noise())
    if dcgan: return minimize(judge, F.softplus(-judge(real)).mean() + F.softplus(judge(fake)).mean())
    minimize(judge, judge(fake).mean() - judge(real).mean() + 10 * penalty(real, fake))


def generate():
    scores = judge(generator(noise()))
    minimize(generator, F.softplus(-scores).mean() if dcgan else -scores.mean())


pixels = np.fromfile(images, np.uint8)[16:].reshape(-1, 1, 28, 28)
step = batch * critic_steps
for epoch in range(int(epochs)):
    order = np.random.default_rng((int(seed), epoch)).permutation(len(pixels))
    for at in range(0, len(pixels) - step + 1, step):
        for part in order[at:at + step].reshape(critic_steps, batch):
            criticize(torch.from_numpy(pixels[part]).float() / 127.5 - 1)
        generate()
    print(f'{kind} of PyTorch, seed {seed}: epoch {epoch + 1} of {epochs}', file=sys.stderr, flush=True)

generator.eval()
with torch.no_grad(): drawn = [generator(torch.randn(1000, latent)) for _ in range(int(samples) // 1000)]
np.save(f'{out}.part.npy', torch.cat(drawn).permute(0, 2, 3, 1).numpy())
os.replace(f'{out}.part.npy', out)
