"""The recipe of binary_vae.mjs in PyTorch, on its digits: trains, and says the test images' negative log-likelihood, by 200 codes
each, of the epoch that is best on the digits held out.
Arguments: FOLDER EPOCHS SEED; FOLDER is where the recipe wrote them, build/reproduce/binary_vae."""
import copy, math, sys, numpy as np, torch, torch.nn as nn, torch.nn.functional as F

folder, epochs, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.manual_seed(seed)
torch.set_num_threads(1)


def digits(name):
    """IDX: a header of 16 bytes, then pixels of 0 and 255."""
    return torch.from_numpy((np.fromfile(f'{folder}/{name}', np.uint8)[16:].reshape(-1, 784) > 127).astype(np.float32))


train, held, test = digits('fit/train-images-idx3-ubyte'), digits('fit/t10k-images-idx3-ubyte'), digits('test-images')
encoder, mean, logvar = nn.Sequential(nn.Linear(784, 400), nn.ReLU()), nn.Linear(400, 40), nn.Linear(400, 40)
decoder = nn.Sequential(nn.Linear(40, 400), nn.ReLU(), nn.Linear(400, 784))
model = nn.ModuleList([encoder, mean, logvar, decoder])
adam = torch.optim.Adam(model.parameters(), 1e-4)
schedule = torch.optim.lr_scheduler.MultiStepLR(adam, [200, 350, 500], 10 ** (-1 / 5))
entropy = lambda x, z: F.binary_cross_entropy_with_logits(decoder(z), x, reduction='none').sum(1)


def draw(x):
    h = encoder(x)
    mu, log = mean(h), logvar(h)
    noise = torch.randn_like(mu)
    return mu, log, noise, mu + torch.exp(0.5 * log) * noise


def bound(x):
    mu, log, _, z = draw(x)
    return (entropy(x, z) + 0.5 * (mu ** 2 + log.exp() - log - 1).sum(1)).mean()


def likelihood(x, codes=200):
    x = x.expand(codes, -1)
    _, log, noise, z = draw(x)
    weights = -entropy(x, z) - 0.5 * (z ** 2 - noise ** 2 - log).sum(1)
    return (torch.logsumexp(weights, 0) - math.log(codes)).item()


best = (math.inf, None, 0)
for epoch in range(1, epochs + 1):
    for rows in torch.randperm(len(train)).split(100):
        adam.zero_grad()
        loss = bound(train[rows])
        loss.backward()
        adam.step()
    schedule.step()
    with torch.no_grad(): judged = bound(held).item()
    if judged < best[0]: best = (judged, copy.deepcopy(model.state_dict()), epoch)
    if epoch % 10 == 0: print(f'epoch {epoch}: {loss.item():.2f} of the last batch, {judged:.2f} of those held out', flush=True)
model.load_state_dict(best[1])
with torch.no_grad(): nll = -np.mean([likelihood(x) for x in test])
print(f'best epoch {best[2]}: {best[0]:.2f} of those held out; negative log-likelihood {nll:.2f}')
