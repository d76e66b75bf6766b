"""The recipe of keras_vae.mjs in PyTorch: trains on all 70,000 digits and says the training loss of each epoch, nats an image.
Arguments: DIGITS EPOCHS SEED; DIGITS is what the recipe wrote, build/reproduce/keras_vae/mnist-70000.npy."""
import sys, numpy as np, torch, torch.nn as nn, torch.nn.functional as F

digits, epochs, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.manual_seed(seed)
torch.set_num_threads(1)
images = torch.from_numpy(np.load(digits)).view(-1, 1, 28, 28)


class Halve(nn.Module):
    """A convolution of stride 2 that is padded as Keras' 'same': a row below, a column to the right."""
    def __init__(self, channels, filters):
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, 3, 2)

    def forward(self, x): return F.relu(self.conv(F.pad(x, (0, 1, 0, 1))))


class Double(nn.Module):
    """Its transpose."""
    def __init__(self, channels, filters):
        super().__init__()
        self.conv = nn.ConvTranspose2d(channels, filters, 3, 2)

    def forward(self, x): return F.relu(self.conv(x)[:, :, :-1, :-1])


encoder = nn.Sequential(Halve(1, 32), Halve(32, 64), nn.Flatten(), nn.Linear(7 * 7 * 64, 16), nn.ReLU())
mean, logvar = nn.Linear(16, 2), nn.Linear(16, 2)
decoder = nn.Sequential(
    nn.Linear(2, 7 * 7 * 64), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)), Double(64, 64), Double(64, 32),
    nn.ConvTranspose2d(32, 1, 3, padding=1))
model = nn.ModuleList([encoder, mean, logvar, decoder])
for layer in model.modules():
    if not isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)): continue
    nn.init.xavier_uniform_(layer.weight)
    nn.init.zeros_(layer.bias)
adam = torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7)

for epoch in range(1, epochs + 1):
    sums = np.zeros(2)
    for rows in torch.randperm(len(images)).split(128):
        x = images[rows].float() / 255
        h = encoder(x)
        mu, log = mean(h), logvar(h)
        logits = decoder(mu + torch.exp(0.5 * log) * torch.randn_like(mu))
        entropy = F.binary_cross_entropy_with_logits(logits, x, reduction='sum')
        kl = 0.5 * (mu ** 2 + log.exp() - log - 1).sum()
        adam.zero_grad()
        ((entropy + kl) / len(rows)).backward()
        adam.step()
        sums += [entropy.item(), kl.item()]
    entropy, kl = sums / len(images)
    print(f'epoch {epoch}: {entropy + kl:.2f}, reconstruction {entropy:.2f}, kl {kl:.2f}', flush=True)
