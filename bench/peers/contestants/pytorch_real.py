"""The models of real size of bench/peers/models.ts in PyTorch. `m` has parameters `p` by our names, `draw(i)` and `minimize(which, loss)`.
Padding is TensorFlow's 'same': the smaller half first."""
import torch, torch.nn.functional as F

leaky = lambda x: F.leaky_relu(x, 0.2)
suffix = lambda i: f'_{i}' if i else ''


def dense(m, x, name): return torch.addmm(m.p[name + '/bias'], x, m.p[name + '/kernel'])


def conv(m, x, name, stride=1, w=None):
    w = m.p[name + '/kernel'] if w is None else w
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


def norm(m, x, name, epsilon=1e-5): return F.batch_norm(x, None, None, m.p[name + '/gamma'], m.p[name + '/beta'], True, 0.1, epsilon)
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


def normalized(m, name, moves):
    """A kernel over its largest singular value; u moves by one step of the power iteration where `moves`."""
    w = m.p[name + '/kernel']
    matrix = w.t() if w.dim() == 2 else w.flatten(1)
    with torch.no_grad():
        unit = lambda x: x * torch.rsqrt((x * x).sum() + 1e-12)
        v = unit(m.p[name + '/vector_u'] @ matrix)
        u = unit(v @ matrix.t())
        if moves: m.p[name + '/vector_u'].copy_(u)
    return w / (v @ matrix.t() @ u.t()).squeeze()


class WganGp:
    """The package's wgan-gp at 64×64×3: three steps of the critic, whose slope is held near 1."""
    @staticmethod
    def generate(m, z):
        epsilon = 1e-3
        h = F.relu(norm(m, image(dense(m, z, 'generator/dense'), 4, 256), 'generator/batchNormalization', epsilon))
        for i in range(3):
            h = F.relu(norm(m, doubling(m, h, f'generator/conv2dTranspose{suffix(i)}'), f'generator/batchNormalization_{i + 1}', epsilon))
        return torch.tanh(doubling(m, h, 'generator/conv2dTranspose_3'))

    @staticmethod
    def judge(m, x):
        h = x
        for i in range(4): h = leaky(conv(m, h, f'discriminator/conv2d{suffix(i)}', 2))
        return dense(m, flat(h), 'critic/scores')

    @classmethod
    def penalty(cls, m, real, fake, at):
        between = (fake + at.view(-1, 1, 1, 1) * (real - fake)).requires_grad_(True)
        slope, = torch.autograd.grad(cls.judge(m, between).sum(), between, create_graph=True)
        return (((slope.flatten(1) ** 2).sum(1) + 1e-12).sqrt() - 1).square().mean()

    @classmethod
    def step(cls, m, x):
        for i in (0, 2, 4):
            with torch.no_grad(): fake = cls.generate(m, m.draw(i))
            at = m.draw(i + 1) if m.fed else torch.rand(m.batch)
            d = m.minimize(0, cls.judge(m, fake).mean() - cls.judge(m, x).mean() + 10 * cls.penalty(m, x, fake, at))
        return [d, m.minimize(1, -cls.judge(m, cls.generate(m, m.draw(6))).mean())]


class Sngan64:
    """The package's sngan at 64×64×3: four residual blocks up, four down, of 16 to 128 channels."""
    @staticmethod
    def generate(m, z):
        double = lambda x: F.interpolate(x, scale_factor=2, mode='nearest')
        h = image(dense(m, z, 'generator/dense'), 4, 128)
        for i in range(4):
            block = f'generator/up{suffix(i)}'
            y = conv(m, double(F.relu(norm(m, h, f'{block}/batchNormalization', 1e-3))), f'{block}/conv2d')
            y = conv(m, F.relu(norm(m, y, f'{block}/batchNormalization_1', 1e-3)), f'{block}/conv2d_1')
            h = y + conv(m, double(h), f'{block}/shortcut/conv2d')
        return torch.tanh(conv(m, F.relu(norm(m, h, 'generator/batchNormalization', 1e-3)), 'generator/conv2d'))

    @staticmethod
    def kernels(m, moves):
        return {name.removesuffix('/vector_u'): normalized(m, name.removesuffix('/vector_u'), moves)
                for name in m.p if name.endswith('/vector_u')}

    @staticmethod
    def judge(m, x, kernels):
        part = lambda h, name: conv(m, h, name, 1, kernels[name])
        h = x
        for i in range(4):
            block = f'discriminator/down{suffix(i)}'
            y = part(F.relu(part(F.relu(h) if i else h, f'{block}/conv2d')), f'{block}/conv2d_1')
            h = F.avg_pool2d(y, 2) + F.avg_pool2d(part(h, f'{block}/shortcut/conv2d'), 2)
        name = 'discriminator/dense'
        return torch.addmm(m.p[name + '/bias'], F.relu(h).sum((2, 3)), kernels[name])

    @classmethod
    def step(cls, m, x):
        with torch.no_grad(): fake = cls.generate(m, m.draw(0))
        kernels = cls.kernels(m, True)
        d = F.relu(1 - cls.judge(m, x, kernels)).mean() + F.relu(1 + cls.judge(m, fake, kernels)).mean()
        d = m.minimize(0, d)
        return [d, m.minimize(1, -cls.judge(m, cls.generate(m, m.draw(1)), cls.kernels(m, False)).mean())]


class Cgan:
    """The package's cgan at 64×64×3, of ten classes: a projection of the class, spectral normalization, an average of the generator."""
    @staticmethod
    def labels(m): return torch.arange(m.batch) % 10

    @classmethod
    def generate(cls, m, z): return WganGp.generate(m, torch.cat([z, F.one_hot(cls.labels(m), 10).float()], 1))

    @staticmethod
    def features(m, x, kernels):
        h = x
        for i in range(4):
            name = f'discriminator/conv2d{suffix(i)}'
            h = leaky(conv(m, h, name, 2, kernels[name]))
        return flat(h)

    @classmethod
    def judge(cls, m, h, kernels):
        scores = torch.addmm(m.p['score/scores/bias'], h, kernels['score/scores'])
        return scores + (h * kernels['projection'][cls.labels(m)]).sum(1, keepdim=True)

    @classmethod
    def step(cls, m, x):
        with torch.no_grad(): fake = cls.generate(m, m.draw(0))
        kernels = Sngan64.kernels(m, True)
        d = cls.dLoss(m, *(cls.features(m, each, kernels) for each in (x, fake)), kernels)
        d = m.minimize(0, d)
        kernels = Sngan64.kernels(m, False)
        g = m.minimize(1, cls.gLoss(m, cls.features(m, cls.generate(m, m.draw(1)), kernels), kernels))
        cls.average(m)
        return [d, g]

    @classmethod
    def dLoss(cls, m, real, fake, kernels):
        return F.relu(1 - cls.judge(m, real, kernels)).mean() + F.relu(1 + cls.judge(m, fake, kernels)).mean()

    @classmethod
    def gLoss(cls, m, fake, kernels): return -cls.judge(m, fake, kernels).mean()

    @staticmethod
    @torch.no_grad()
    def average(m):
        weights = m.adams[1].param_groups[0]['params']
        if not hasattr(m, 'averages'): m.averages = [w.clone() for w in weights]
        keep = min(0.999, (1 + m.t) / (10 + m.t))
        for a, w in zip(m.averages, weights): a.lerp_(w, 1 - keep)


class Acgan(Cgan):
    """The package's acgan at 64×64×3: the discriminator names the class too."""
    @staticmethod
    def average(m): pass

    @staticmethod
    def judge(m, h, kernels): return torch.addmm(m.p['score/scores/bias'], h, kernels['score/scores'])

    @classmethod
    def named(cls, m, h): return F.cross_entropy(dense(m, h, 'classifier/scores'), cls.labels(m))

    @classmethod
    def dLoss(cls, m, real, fake, kernels):
        judge = lambda h: cls.judge(m, h, kernels)
        return F.softplus(-judge(real)).mean() + F.softplus(judge(fake)).mean() + cls.named(m, real)

    @classmethod
    def gLoss(cls, m, fake, kernels): return F.softplus(-cls.judge(m, fake, kernels)).mean() + cls.named(m, fake)


class VqVae:
    """The package's vq-vae at 64×64×3: a code of 8×8 places, a book of 128 vectors of 16, a prior over choices of places before."""
    LEAST, DECAY, SIDE, UNITS = 1 / 128, 0.99, 8, 64

    @staticmethod
    def residuals(m, h, network):
        for i in range(2):
            name = f'{network}/residual{suffix(i)}'
            h = h + conv(m, F.relu(conv(m, F.relu(h), f'{name}/conv2d')), f'{name}/conv2d_1')
        return h

    @classmethod
    def prior(cls, m, choices):
        part = lambda h, name: dense(m, h, f'prior/{name}')
        def near(h, taps):
            grid = F.pad(h.view(-1, cls.SIDE, cls.SIDE, cls.UNITS), (0, 0, 1, 1, 1, 0))
            shifted = [grid[:, 1 + i:1 + i + cls.SIDE, 1 + j:1 + j + cls.SIDE] for i, j in taps]
            return torch.cat(shifted, 3).flatten(0, 2)
        before = [(-1, -1), (-1, 0), (-1, 1), (0, -1)]
        h = part(near(F.embedding(choices, m.p['prior/embedding/kernel']), before), 'before')
        h = (h.view(-1, cls.SIDE ** 2, cls.UNITS) + m.p['prior/position/kernel']).flatten(0, 1)
        for b in range(3):
            seen = near(h, [*before, (0, 0)])
            h = h + part(torch.tanh(part(seen, f'value_{b}')) * torch.sigmoid(part(seen, f'gate_{b}')), f'mix_{b}')
        return F.cross_entropy(part(F.relu(part(F.relu(h), 'hidden')), 'logits'), choices, reduction='sum')

    @classmethod
    @torch.no_grad()
    def learn(cls, m, rows, choices, n):
        one = F.one_hot(choices, 128).float()
        counted = m.count * cls.DECAY + one.sum(0).unsqueeze(1) * ((1 - cls.DECAY) / n)
        added = m.p['codebook/sum'] * cls.DECAY + one.t() @ rows * ((1 - cls.DECAY) / n)
        drawn = rows[(torch.zeros(128) if m.fed else torch.rand(128)).mul(len(rows)).long()]
        m.p['codebook/sum'].copy_(torch.where(counted < cls.LEAST, drawn * cls.LEAST, added))
        m.count = counted.clamp_min(cls.LEAST)

    @classmethod
    def step(cls, m, x):
        if not hasattr(m, 'count'): m.count = torch.full((128, 1), cls.LEAST)
        n, h = len(x), x
        for i in range(3): h = F.relu(conv(m, h, f'encoder/conv2d{suffix(i)}', 2))
        codes = conv(m, F.relu(cls.residuals(m, h, 'encoder')), 'encoder/conv2d_3').permute(0, 2, 3, 1)
        with torch.no_grad():
            book, rows = m.p['codebook/sum'] / m.count, codes.reshape(-1, 16)
            choices = ((book * book).sum(1) - 2 * rows @ book.t()).argmin(1)
            chosen = book[choices].view(codes.shape)
        through = (codes + (chosen - codes).detach()).permute(0, 3, 1, 2)
        h = F.relu(cls.residuals(m, conv(m, through, 'decoder/conv2d'), 'decoder'))
        for i in range(2): h = F.relu(doubling(m, h, f'decoder/conv2dTranspose{suffix(i)}'))
        y = doubling(m, h, 'decoder/conv2dTranspose_2')
        loss = (F.mse_loss(y, x, reduction='sum') + 0.25 * F.mse_loss(codes, chosen, reduction='sum')) / n
        prior = cls.prior(m, choices) / n
        m.minimize(0, loss + prior)
        cls.learn(m, rows, choices, n)
        return [loss.detach(), prior.detach()]


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
KINDS = {'wgan-gp64': WganGp, 'sngan64': Sngan64, 'vq-vae64': VqVae, 'cgan64': Cgan, 'acgan64': Acgan}


def step(m, x):
    if m.model == 'cvae64': return [m.minimize(0, cvae(m, x))]
    if m.model in KINDS: return KINDS[m.model].step(m, x)
    gan = GANS[m.model]
    with torch.no_grad(): fake = gan.generate(m, m.draw(0))
    d = m.minimize(0, gan.loss(gan.judge(m, x), gan.judge(m, fake)))
    return [d, m.minimize(1, gan.loss(None, gan.judge(m, gan.generate(m, m.draw(1)))))]
