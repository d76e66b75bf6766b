"""PyTorch, in its own layouts (NCHW), with the number of threads it is told. The protocol is that of serve.ts.
Argument: nothing, or `avx2`, where the environment asks for no wider instructions: it is checked that none are used."""
import ctypes, json, re, sys, time
import numpy as np, torch, torch.nn.functional as F
import pytorch_real as real

leaky = lambda x: F.leaky_relu(x, 0.2)


def permuted(name, shape, values, model):
    """A tensor of TensorFlow's layout in PyTorch's: both kinds of filters reverse, rows of images become channels first."""
    t = torch.from_numpy(values.reshape(shape).copy())
    if len(shape) == 4: t = t.permute(3, 2, 0, 1)
    if model == 'dcgan' and name == 'gf.w': t = t.reshape(-1, 7, 7, 128).permute(0, 3, 1, 2).reshape(t.shape[0], -1)
    if model == 'dcgan' and name == 'gf.b': t = t.reshape(7, 7, 128).permute(2, 0, 1).reshape(-1)
    if model == 'dcgan' and name == 'df.w': t = t.reshape(7, 7, 128, 1).permute(2, 0, 1, 3).reshape(-1, 1)
    return t.contiguous().requires_grad_(True)


def resizing(n, m):
    """Bilinear, scale n / m, no offset (TensorFlow 1), as a matrix [m, n]; F.interpolate has no such mode."""
    r = torch.zeros(m, n)
    for i in range(m):
        s = i * n / m
        f = int(s)
        r[i, f] += 1 - (s - f)
        r[i, min(f + 1, n - 1)] += s - f
    return r


class Model:
    def __init__(self, init):
        self.__dict__.update(init)
        all_ = np.fromfile(self.weightsFile, np.float32)
        self.p, at = {}, 0
        for d in self.params:
            n = int(np.prod(d['shape']))
            self.p[d['name']] = permuted(d['name'], d['shape'], all_[at:at + n], self.model)
            at += n
        x = np.fromfile(self.imagesFile, np.uint8).astype(np.float32) / np.float32(127.5) - 1
        height, width, channels = self.imageShape
        shape = (-1, 784) if self.model in ('vae', 'gan') else (-1, height, width, channels)
        size = self.batch * height * width * channels
        channels_first = lambda t: t.permute(0, 3, 1, 2).contiguous() if t.dim() == 4 else t
        self.batches = [
            channels_first(torch.from_numpy(x[at:at + size].reshape(shape))) for at in range(0, len(x) - size + 1, size)]
        self.given = np.fromfile(self.noiseFile, np.float32) if self.noiseFile else None
        self.at = self.t = 0
        self.resize = resizing(30, 28)
        betas = (self.beta1, init.get('beta2', 0.999))
        learned = {k: p for k, p in self.p.items() if not re.search('/vector_u$|^codebook/', k)}
        ofG = [p for k, p in learned.items() if k.startswith('g')]
        ofD = [p for k, p in learned.items() if not k.startswith('g')]
        adam = lambda parameters: torch.optim.Adam(parameters, self.learningRate, betas, 1e-8)
        self.adams = [adam(ofD), adam(ofG)] if len(self.noise) > 1 else [adam([*learned.values()])]

    def draw(self, i):
        shape = (self.batch, self.noise[i])
        if self.given is None: return torch.randn(shape)
        n = shape[0] * shape[1]
        self.at += n
        return torch.from_numpy(self.given[self.at - n:self.at].reshape(shape))

    def dense(self, x, name): return torch.addmm(self.p[name + '.b'], x, self.p[name + '.w'])
    def conv(self, x, name, stride): return F.conv2d(x, self.p[name + '.w'], self.p[name + '.b'], stride, 1)
    def conv_t(self, x, name, stride, pad): return F.conv_transpose2d(x, self.p[name + '.w'], self.p[name + '.b'], stride, pad)
    def norm(self, x, name): return F.batch_norm(x, None, None, self.p[name + '.gamma'], self.p[name + '.beta'], True, 0.1, 1e-5)

    def autoencoder(self, x):
        h = F.max_pool2d(F.relu(self.conv(x, 'c1', 3)), 2)
        h = F.max_pool2d(F.relu(self.conv(h, 'c2', 2)), 2, ceil_mode=True)
        h = F.relu(self.conv_t(h, 't1', 2, 0))
        h = F.relu(self.conv_t(h, 't2', 3, 1))
        h = self.conv_t(h, 't3', 2, 0)[:, :, :30, :30]
        return F.mse_loss(torch.tanh(self.resize @ h @ self.resize.t()), x)

    def vae(self, x):
        h = F.relu(self.dense(x, 'e1'))
        mu, std = self.dense(h, 'mu'), torch.exp(self.dense(h, 'lv') / 2)
        r = torch.tanh(self.dense(F.relu(self.dense(mu + std * self.draw(0), 'd1')), 'd2'))
        return F.mse_loss(r, x, reduction='sum') + 0.5 * (mu * mu + std * std - 2 * torch.log(std + 1e-8) - 1).sum()

    def generate(self, z):
        relu = F.relu
        if self.model == 'gan': return torch.tanh(self.dense(relu(self.dense(relu(self.dense(z, 'g1')), 'g2')), 'g3'))
        h = F.relu(self.norm(self.dense(z, 'gf').view(-1, 128, 7, 7), 'gn0'))
        return torch.tanh(self.conv_t(F.relu(self.norm(self.conv_t(h, 'gt1', 2, 1), 'gn1')), 'gt2', 2, 1))

    def judge(self, x):
        if self.model == 'gan': return self.dense(leaky(self.dense(leaky(self.dense(x, 'd1')), 'd2')), 'd3')
        return self.dense(leaky(self.norm(self.conv(leaky(self.conv(x, 'dc1', 2)), 'dc2', 2), 'dn')).flatten(1), 'df')

    def minimize(self, which, loss):
        adam = self.adams[which]
        adam.zero_grad(set_to_none=True)
        loss.backward(inputs=adam.param_groups[0]['params'])
        adam.step()
        return loss.detach()

    def step(self):
        x = self.batches[self.t % len(self.batches)]
        self.t += 1
        if not self.kind: return real.step(self, x)
        if self.model == 'autoencoder': return [self.minimize(0, self.autoencoder(x))]
        if self.model == 'vae': return [self.minimize(0, self.vae(x)) / self.batch]
        with torch.no_grad(): fake = self.generate(self.draw(0))
        d = self.minimize(0, F.softplus(-self.judge(x)).mean() + F.softplus(self.judge(fake)).mean())
        return [d, self.minimize(1, F.softplus(-self.judge(self.generate(self.draw(1)))).mean())]


def instructions():
    """What PyTorch's parts run on here: ATen's own loops, OpenBLAS's products, oneDNN's convolutions."""
    maps = open('/proc/self/maps').read()
    def ask(name, function, kind):
        found = re.search(rf'/\S*lib{name}\S*', maps)
        call = found and getattr(ctypes.CDLL(found[0]), function, None)
        if not call: return None
        call.restype = kind
        return call()
    core = ask('openblas', 'openblas_get_corename', ctypes.c_char_p)
    if not core: raise RuntimeError('PyTorch has no OpenBLAS here, and is many times slower so: apt-get install libopenblas0-openmp')
    isa = ask('dnnl', 'dnnl_get_effective_cpu_isa', ctypes.c_int)
    aten = re.search(r'CPU capability usage: (\S+)', torch.__config__.show())
    parts = dict(aten=aten and aten[1], openblas=core.decode(), onednn=isa and hex(isa))
    # dnnl_cpu_isa_t: AVX-512 has bit 0x20.
    wide = parts['aten'] not in (None, 'AVX2') or parts['openblas'] != 'Haswell' or (isa or 0) & 0x20
    if 'avx2' in sys.argv and wide: raise RuntimeError(f'only AVX2 was asked for, and it runs on {parts}')
    return parts


model = None


def handle(request):
    global model
    if 'init' in request:
        torch.set_num_threads(request['init']['threads'])
        model = Model(request['init'])
        return dict(versions=dict(python=sys.version.split()[0], torch=torch.__version__, **instructions()))
    began, used = time.perf_counter(), time.process_time()
    for _ in range(request['steps']): losses = model.step()
    losses = [float(l) for l in losses]
    return dict(losses=losses, ms=1000 * (time.perf_counter() - began), processor=1000 * (time.process_time() - used))


for line in sys.stdin:
    try: reply = handle(json.loads(line))
    except Exception as error: reply = dict(error=f'{type(error).__name__}: {error}')
    print(json.dumps(reply), flush=True)
