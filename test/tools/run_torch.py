"""Runs exported modules of PyTorch: run_torch.py FOLDER … ; of each folder, inputs and outputs are in cases.json."""
import importlib.util
import json
import struct
import sys
from pathlib import Path

import numpy as np
import torch


def load_file(path):
    """What safetensors.torch.load_file does, which Debian does not have."""
    raw = Path(path).read_bytes()
    (size,) = struct.unpack('<Q', raw[:8])
    header = json.loads(raw[8:8 + size])
    assert header.pop('__metadata__')['format'] == 'pt'
    found = {}
    for name, entry in header.items():
        begin, end = entry['data_offsets']
        values = np.frombuffer(raw[8 + size + begin:8 + size + end], '<f4').reshape(entry['shape'])
        found[name] = torch.from_numpy(values.copy())
    return found


for folder in map(Path, sys.argv[1:]):
    spec = importlib.util.spec_from_file_location('model', folder / 'model.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    cases = json.loads((folder / 'cases.json').read_text())
    net = getattr(module, cases['name'])()
    state = load_file(folder / 'model.safetensors')
    # Strict: every name is there, and no other.
    missing = net.load_state_dict(state, strict=False)
    extra = [name for name in missing.missing_keys if not name.endswith('num_batches_tracked')]
    assert not extra and not missing.unexpected_keys, (folder, missing)
    net.eval()
    given = [torch.tensor(x['data'], dtype=torch.float32).reshape(x['shape']) for x in cases['inputs']]
    with torch.no_grad():
        found = net(*given)
    expected = torch.tensor(cases['output']['data']).reshape(cases['output']['shape'])
    assert found.shape == expected.shape, (folder, found.shape, expected.shape)
    print(json.dumps({'folder': folder.name, 'apart': (found - expected).abs().max().item() / expected.abs().max().item()}))
