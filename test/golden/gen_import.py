"""Writes pytorch.safetensors and pytorch.json: an autoencoder's weights as PyTorch has them in nn.Sequential, and its loss there.

The network is that of src/models/autoencoder.ts, written with torch.nn: python3 test/golden/gen_import.py
"""
import json
import struct
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

here = Path(__file__).parent


class Pad(nn.Module):
    def __init__(self, *pads, value=0.0):
        super().__init__()
        self.pads, self.value = pads, value

    def forward(self, x):
        return F.pad(x, self.pads, value=self.value)


class Resize(nn.Module):
    """Bilinear, TensorFlow's legacy coordinates."""

    def forward(self, x):
        for axis in (2, 3):
            n = x.shape[axis]
            at = torch.arange(28, dtype=x.dtype) * n / 28
            low = at.floor().long().clamp(max=n - 1)
            high = (low + 1).clamp(max=n - 1)
            weight = (at - low).reshape([-1 if i == axis else 1 for i in range(4)])
            x = x.index_select(axis, low) * (1 - weight) + x.index_select(axis, high) * weight
        return x


class Autoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(16, 8, 3, stride=2, padding=1), nn.ReLU(), Pad(0, 1, 0, 1, value=float('-inf')), nn.MaxPool2d(2))
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(8, 16, 3, stride=2), nn.ReLU(), nn.ConvTranspose2d(16, 8, 5, stride=3, padding=1), nn.ReLU(),
            nn.ConvTranspose2d(8, 1, 3, stride=2), Pad(0, -1, 0, -1), Resize(), nn.Tanh())

    def forward(self, x):
        return self.decoder(self.encoder(x))


torch.manual_seed(18)
model = Autoencoder()
for p in model.parameters():
    p.data.mul_(2)

state = {name: t.detach().contiguous() for name, t in model.state_dict().items()}
header, data = {'__metadata__': {'format': 'pt'}}, b''
for name, t in state.items():
    raw = t.numpy().astype('<f4').tobytes()
    header[name] = {'dtype': 'F32', 'shape': list(t.shape), 'data_offsets': [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header).encode()
text += b' ' * (-len(text) % 8)
(here / 'pytorch.safetensors').write_bytes(struct.pack('<Q', len(text)) + text + data)

images = (torch.arange(6 * 784) * 37 % 256).to(torch.float64).reshape(6, 1, 28, 28) / 127.5 - 1
model = model.double()
with torch.no_grad():
    loss = F.mse_loss(model(images), images).item()
(here / 'pytorch.json').write_text(json.dumps({'loss': loss, 'torch': torch.__version__}) + '\n')
print(loss)
