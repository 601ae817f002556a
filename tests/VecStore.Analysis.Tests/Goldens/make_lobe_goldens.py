"""Writes lobes.json: agreement of labelings, silhouettes, regressions and normalised cuts as scikit-learn gives them. Run by hand with the folder of the shared data."""
import json
import os
import sys

import numpy as np
from sklearn.cluster import SpectralClustering, KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score, mutual_info_score, normalized_mutual_info_score, silhouette_samples
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information
from scipy.stats import fisher_exact

out = {}
rng = np.random.default_rng(5)

agreements = []
for n, a, b, copy in [(40, 3, 4, 0.0), (200, 5, 5, 0.7), (1000, 12, 30, 0.3), (60, 1, 3, 0), (25, 25, 4, 0)]:
    first = rng.integers(0, a, n) if a < n else np.arange(n)
    second = np.where(rng.random(n) < copy, first % b, rng.integers(0, b, n))
    agreements.append(dict(first=first.tolist(), second=second.tolist(), ami=adjusted_mutual_info_score(first, second),
                           nmi=normalized_mutual_info_score(first, second), ari=adjusted_rand_score(first, second), mi=mutual_info_score(first, second),
                           emi=float(expected_mutual_information(contingency_matrix(first, second, sparse=True), n))))
out["agreements"] = agreements

x = (rng.standard_normal((150, 7)) + 3).astype(np.float32)
y = rng.integers(0, 4, 150)
x[np.arange(150), y] += 1.5
y[17] = 4  # alone
out["silhouette"] = dict(rows=x.ravel().tolist(), dimension=7, labels=y.tolist(), widths=silhouette_samples(x.astype(np.float64), y).tolist())

x = rng.standard_normal((300, 9)).astype(np.float32)
truth = rng.standard_normal((9, 5))
y = np.argmax(x @ truth + rng.standard_normal((300, 5)) * 1.5, 1)
model = LogisticRegression(C=0.5, max_iter=10000, tol=1e-10, solver="newton-cg").fit(x, y)
p = model.predict_proba(x.astype(np.float64))
out["regression"] = dict(rows=x.ravel().tolist(), dimension=9, labels=y.tolist(), penalty=2.0, weights=model.coef_.T.ravel().tolist(), intercepts=model.intercept_.tolist(),
                         objective=float(-np.log(p[np.arange(300), y]).sum() + (model.coef_ ** 2).sum()))

x = np.concatenate([rng.standard_normal((120, 3)) * s + m for s, m in [(1, 0), (1, 3), (.5, [6, 0, 0]), (2, [0, 7, 3])]])
best = KMeans(6, n_init=50, random_state=1, tol=0).fit(x)
out["kmeans"] = dict(points=x.ravel().tolist(), dimension=3, clusters=6, inertia=float(best.inertia_))

tables = [[3, 1, 1, 3], [0, 5, 5, 0], [10, 2, 3, 15], [120, 800, 700, 9000], [1000, 200, 4000, 10000], [7, 0, 0, 7]]
out["fisher"] = [dict(table=t, p=float(fisher_exact(np.array(t).reshape(2, 2), "greater")[1])) for t in tables]

if len(sys.argv) > 1:
    folder = sys.argv[1]
    raw = open(f"{folder}/stories260k/latents/layers.2/0_1023.safetensors", "rb").read()
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:8 + length])
    s, e = header["locations"]["data_offsets"]
    locations = np.frombuffer(raw[8 + length + s:8 + length + e], np.uint16).reshape(-1, 3).astype(np.int64)
    params = np.load(f"{folder}/stories260k/params.npz")
    decoder = params["W_dec"].astype(np.float64)
    decoder /= np.linalg.norm(decoder, axis=1, keepdims=True)
    angular = 1 - np.arccos(np.clip(decoder @ decoder.T, -1, 1)) / np.pi
    out["cuts"] = {}
    for block in (16, 256):
        per = 511 // block
        keep = locations[:, 1] < per * block
        rows = locations[keep, 0] * per + locations[keep, 1] // block
        fires = np.zeros((1024 * per, 1024), np.float32)
        fires[rows, locations[keep, 2]] = 1
        both = (fires.T @ fires).astype(np.float64)
        t, n = float(len(fires)), np.diag(both)
        i, j = n[:, None], n[None, :]
        n00 = t - i - j + both
        with np.errstate(all="ignore"):
            phi = (both * n00 - (i - both) * (j - both)) / np.sqrt(i * (t - i) * j * (t - j))
        phi[~np.isfinite(phi)] = 0
        print(block, "always", int((n == t).sum()), "never", int((n == 0).sum()))
        affinities = dict(phi=phi + 1, overlap=both / np.minimum(i, j), smc=(both + n00) / t, jaccard=both / (i + j - both), dice=2 * both / (i + j), angular=angular)
        out["cuts"][str(block)] = {}
        for name, a in affinities.items():
            out["cuts"][str(block)][name] = {}
            off = a.copy()
            np.fill_diagonal(off, 0)
            degree = off.sum(1)
            for k in (2, 3, 4, 8, 16, 32, 64):
                labels = SpectralClustering(k, affinity="precomputed", assign_labels="kmeans", random_state=42).fit_predict(a)
                cut = sum(1 - off[np.ix_(labels == c, labels == c)].sum() / degree[labels == c].sum() for c in range(k))
                out["cuts"][str(block)][name][str(k)] = cut
json.dump(out, open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "lobes.json"), "w"))
