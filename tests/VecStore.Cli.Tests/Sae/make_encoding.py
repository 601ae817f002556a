"""Writes encoding.json: firings of the sample's autoencoder on the sample's activations by ReLU, JumpReLU, TopK, BatchTopK and a gate, in NumPy's float64; PyTorch's float32 must agree but for
values that lie at a threshold. Run by hand in the root of the repository: python3 tests/VecStore.Cli.Tests/Sae/make_encoding.py (needs numpy, torch)."""
import base64
import hashlib
import json
import struct

import numpy as np
import torch

SAMPLE, TOKENS, SCALE = "tools/VecStore.Cli/Sample/", 2044, 1.1630256175994873
with open(SAMPLE + "stories-sae.safetensors", "rb") as file:
    header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
    body = file.read()
tensor = lambda name: np.frombuffer(body[slice(*header[name]["data_offsets"])], "<f4").reshape(header[name]["shape"]).astype(np.float64)
encoder, bias, centre = tensor("W_enc"), tensor("b_enc"), tensor("b_dec")
x = np.load(SAMPLE + "stories-activations-24x511-f16.npy")[:TOKENS].astype(np.float64) * SCALE - centre
product = x @ encoder
pre = product + bias

thresholds = np.quantile(pre, 0.98, axis=0).clip(0.01).astype(np.float32).astype(np.float64)  # each feature fires on about one token of fifty
common = float(np.float32(np.quantile(np.partition(pre, -8, 1)[:, -8], 0.5)))  # half of the tokens have eight above it
magnitude_scale = (np.arange(pre.shape[1]) % 7 * 0.125 - 0.25).astype(np.float32).astype(np.float64)  # r_mag
magnitude_bias = (np.arange(pre.shape[1]) % 5 * 0.0625).astype(np.float32).astype(np.float64)  # b_mag
largest = np.zeros_like(pre, bool)
np.put_along_axis(largest, np.argsort(-pre, 1, kind="stable")[:, :8], True, 1)
gate = pre > 0
kinds = {
    "relu": np.maximum(pre, 0),
    "jumprelu": np.maximum(pre, 0) * (pre > thresholds),
    "topk": np.maximum(pre, 0) * largest,
    "batchtopk": np.maximum(pre, 0) * (pre > common),
    "gated": gate * np.maximum(np.exp(magnitude_scale) * product + magnitude_bias, 0),
}
nearest = {
    "relu": np.abs(pre), "jumprelu": np.abs(pre - thresholds), "batchtopk": np.abs(pre - common), "topk": -np.diff(-np.sort(-pre, 1)[:, 7:9]), "gated": np.minimum(np.abs(pre), np.abs(np.exp(magnitude_scale) * product + magnitude_bias)),
}

t = lambda a: torch.tensor(a, dtype=torch.float32)
pre32 = t(x) @ t(encoder) + t(bias)
theirs = {
    "relu": torch.relu(pre32),
    "jumprelu": torch.relu(pre32) * (pre32 > t(thresholds)),
    "topk": torch.zeros_like(pre32).scatter(1, (top := torch.topk(pre32, 8)).indices, torch.relu(top.values)),
    "batchtopk": torch.relu(pre32) * (pre32 > common),
    "gated": (pre32 > 0) * torch.relu(torch.exp(t(magnitude_scale)) * (t(x) @ t(encoder)) + t(magnitude_bias)),
}
out = {"tokens": TOKENS, "scale": SCALE, "common": common, "thresholds": base64.b64encode(thresholds.astype("<f4").tobytes()).decode(), "kinds": {}}
for kind, values in kinds.items():
    token, feature = np.nonzero(values > 0)
    float32 = theirs[kind].numpy()
    unlike = (float32 > 0) != (values > 0)
    assert not (unlike & (nearest[kind] > 1e-5)).any() and unlike.sum() < 30, (kind, unlike.sum())
    assert np.abs(float32 - values)[~unlike].max() < 1e-4, kind
    assert nearest[kind].min() > 1e-12, (kind, nearest[kind].min())  # so near that float64 could decide otherwise
    out["kinds"][kind] = {
        "firings": len(token), "sum": float(values.sum()), "unlike_float32": int(unlike.sum()),
        "sha256": hashlib.sha256(np.stack([token, feature], 1).astype("<i4").tobytes()).hexdigest(),
        "of_token_7": [[int(f), float(values[7, f])] for f in feature[token == 7]][:40],
    }
    print(kind, len(token) / TOKENS, "a token;", unlike.sum(), "unlike in float32; nearest to a threshold", nearest[kind].min())
with open("tests/VecStore.Cli.Tests/Sae/encoding.json", "w") as file:
    json.dump(out, file, indent=1)
    file.write("\n")
