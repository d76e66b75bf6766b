"""The models of bench/real_models.ts in PyTorch. `m` has parameters `p` by our names, `draw(i)` and `minimize(which, loss)`.
Padding is TensorFlow's 'same': the smaller half first."""
import torch, torch.nn.functional as F

leaky = lambda x: F.leaky_relu(x, 0.2)
suffix = lambda i: f'_{i}' if i else ''


def dense(m, x, name): return torch.addmm(m.p[name + '/bias'], x, m.p[name + '/kernel'])


def conv(m, x, name, stride=1):
    w = m.p[name + '/kernel']
    n, k = x.shape[2], w.shape[2]
    total = max((-(-n // stride) - 1) * stride + k - n, 0)
    before = total // 2
    if total % 2: x, before = F.pad(x, (before, total - before) * 2), 0
    return F.conv2d(x, w, m.p[name + '/bias'], stride, before)


def doubling(m, x, name):
    """A transposed convolution of stride 2; what lies after the image is cut off."""
    w, n = m.p[name + '/kernel'], 2 * x.shape[2]
    y = F.conv_transpose2d(x, w, m.p[name + '/bias'], 2, (w.shape[2] - 2) // 2)
    return y if y.shape[2] == n else y[:, :, :n, :n]


def norm(m, x, name): return F.batch_norm(x, None, None, m.p[name + '/gamma'], m.p[name + '/beta'], True, 0.1, 1e-5)
def image(x, side, channels): return x.view(-1, side, side, channels).permute(0, 3, 1, 2).contiguous()
def flat(x): return x.permute(0, 2, 3, 1).flatten(1)


class Dcgan:
    @staticmethod
    def generate(m, z):
        h = F.relu(norm(m, image(dense(m, z, 'generator/dense'), 4, 512), 'generator/batchNormalization'))
        for i in range(3):
            h = doubling(m, h, f'generator/conv2dTranspose{suffix(i)}')
            h = F.relu(norm(m, h, f'generator/batchNormalization_{i + 1}'))
        return torch.tanh(doubling(m, h, 'generator/conv2dTranspose_3'))

    @staticmethod
    def judge(m, x):
        h = leaky(conv(m, x, 'discriminator/conv2d', 2))
        for i in range(3):
            h = conv(m, h, f'discriminator/conv2d_{i + 1}', 2)
            h = leaky(norm(m, h, f'discriminator/batchNormalization{suffix(i)}'))
        return dense(m, flat(h), 'discriminator/dense')

    @staticmethod
    def loss(real, fake): return F.softplus(-fake).mean() if real is None else F.softplus(-real).mean() + F.softplus(fake).mean()


class Sngan:
    @staticmethod
    def generate(m, z):
        double = lambda x: F.interpolate(x, scale_factor=2, mode='nearest')
        h = image(dense(m, z, 'generator/dense'), 4, 128)
        for side in (4, 8, 16):
            main = f'generator/up_{side}/main'
            y = conv(m, double(F.relu(norm(m, h, f'{main}/batchNormalization'))), f'{main}/conv2d')
            y = conv(m, F.relu(norm(m, y, f'{main}/batchNormalization_1')), f'{main}/conv2d_1')
            h = y + conv(m, double(h), f'generator/up_{side}/shortcut/conv2d')
        return torch.tanh(conv(m, F.relu(norm(m, h, 'generator/batchNormalization')), 'generator/conv2d'))

    @staticmethod
    def judge(m, x):
        half = lambda h: F.avg_pool2d(h, 2)
        def block(h, name): return conv(m, F.relu(conv(m, h, f'discriminator/{name}/main/conv2d')), f'discriminator/{name}/main/conv2d_1')
        h = half(block(x, 'first')) + conv(m, half(x), 'discriminator/first/shortcut/conv2d')
        h = half(block(F.relu(h), 'second')) + half(conv(m, h, 'discriminator/second/shortcut/conv2d'))
        for name in ('third', 'fourth'): h = block(F.relu(h), name) + h
        return dense(m, F.relu(h).sum((2, 3)), 'discriminator/dense')

    @staticmethod
    def loss(real, fake): return -fake.mean() if real is None else F.relu(1 - real).mean() + F.relu(1 + fake).mean()


def cvae(m, x):
    h = x
    for i in range(4): h = F.relu(conv(m, h, f'encoder/conv2d{suffix(i)}', 2))
    h = flat(h)
    mu, std = dense(m, h, 'mean'), torch.exp(dense(m, h, 'logvar') * 0.5)
    h = image(F.relu(dense(m, mu + std * m.draw(0), 'decoder/dense')), 4, 256)
    for i in range(3): h = F.relu(doubling(m, h, f'decoder/conv2dTranspose{suffix(i)}'))
    y = torch.tanh(doubling(m, h, 'decoder/conv2dTranspose_3'))
    return F.mse_loss(y, x, reduction='sum') + 0.5 * (mu * mu + std * std - 2 * torch.log(std + 1e-8) - 1).sum()


GANS = {'dcgan64-4': Dcgan, 'dcgan64-5': Dcgan, 'sngan32': Sngan}


def step(m, x):
    if m.model == 'cvae64': return [m.minimize(0, cvae(m, x))]
    gan = GANS[m.model]
    with torch.no_grad(): fake = gan.generate(m, m.draw(0))
    d = m.minimize(0, gan.loss(gan.judge(m, x), gan.judge(m, fake)))
    return [d, m.minimize(1, gan.loss(None, gan.judge(m, gan.generate(m, m.draw(1)))))]
