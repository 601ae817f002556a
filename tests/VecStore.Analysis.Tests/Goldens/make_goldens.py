"""Writes goldens.json: small inputs and what NumPy and SciPy say about them. Run by hand; the tests only read the JSON."""
import json
import os

import numpy as np
import scipy
import scipy.linalg
import scipy.stats
import scipy.optimize
import scipy.spatial.distance


def xoshiro(seed, stream, index, count):
    """xoshiro256** seeded by SplitMix64 from a seed, the name of a stream (FNV-1a) and an index."""
    mask = (1 << 64) - 1

    def split_mix(state):
        state = (state + 0x9e3779b97f4a7c15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xbf58476d1ce4e5b9) & mask
        z = ((z ^ (z >> 27)) * 0x94d049bb133111eb) & mask
        return state, z ^ (z >> 31)

    name = 0xcbf29ce484222325
    for c in stream:
        name = ((name ^ ord(c)) * 0x100000001b3) & mask
    _, z = split_mix(seed)
    _, z = split_mix(z ^ name)
    state, s = z ^ index, []
    for _ in range(4):
        state, z = split_mix(state)
        s.append(z)
    rotate = lambda v, k: ((v << k) | (v >> (64 - k))) & mask
    numbers = []
    for _ in range(count):
        numbers.append((rotate((s[1] * 5) & mask, 7) * 9) & mask)
        t = (s[1] << 17) & mask
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= t
        s[3] = rotate(s[3], 45)
    return [str(v) for v in numbers]


def auc(p, q):
    return scipy.stats.mannwhitneyu(p, q).statistic / (len(p) * len(q))


def silhouette(points, labels):
    distances, widths = scipy.spatial.distance.cdist(points, points), []
    for i in range(len(points)):
        own = distances[i][(labels == labels[i]) & (np.arange(len(points)) != i)].mean()
        other = min(distances[i][labels == c].mean() for c in set(labels) - {labels[i]})
        widths.append((other - own) / max(own, other))
    return float(np.mean(widths))


rng = np.random.default_rng(7)
n, d = 60, 6
x = np.round(rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d), 4).astype(np.float32)
y = (x[:, 0] + 0.5 * x[:, 1] + rng.normal(size=n) > np.median(x[:, 0])).astype(int)
z = np.round((x[:, ::-1] @ scipy.linalg.qr(rng.normal(size=(d, d)))[0] * 1.7 + 0.3 * rng.normal(size=(n, d))), 4).astype(np.float32)
X, Z = x.astype(float), z.astype(float)
signs = 2 * y - 1
probe = scipy.optimize.minimize(lambda v: np.logaddexp(0, -signs * (X @ v[:d] + v[d])).sum() + v[:d] @ v[:d], np.zeros(d + 1), method='BFGS', options={'gtol': 1e-9}).x
xc, zc = X - X.mean(0), Z - Z.mean(0)
rotation, nuclear = scipy.linalg.orthogonal_procrustes(xc, zc)
angles = scipy.linalg.subspace_angles(np.linalg.svd(xc, full_matrices=False)[2][:2].T, np.linalg.svd(zc, full_matrices=False)[2][:3].T)
within = sum((X[y == c] - X[y == c].mean(0)).T @ (X[y == c] - X[y == c].mean(0)) for c in (0, 1)) / (n - 2)
shrunk = 0.7 * within + 0.3 * np.trace(within) / d * np.eye(d)
fisher = np.linalg.solve(within, X[y == 1].mean(0) - X[y == 0].mean(0))
fisher /= np.sqrt(fisher @ within @ fisher)
w = np.linalg.solve(shrunk, X[y == 1].mean(0) - X[y == 0].mean(0))
out = {
    'made_with': {'numpy': np.__version__, 'scipy': scipy.__version__},
    'random': xoshiro(1, 'stream', 0, 4), 'random_indexed': xoshiro(2**64 - 1, 'bootstrap', 12, 2),
    'x': x.tolist(), 'z': z.tolist(), 'labels': y.tolist(),
    'mean': X.mean(0).tolist(), 'cov': np.cov(X, rowvar=False).tolist(),
    'skew': scipy.stats.skew(X, axis=0).tolist(), 'kurtosis': scipy.stats.kurtosis(X, axis=0).tolist(),
    'eigenvalues': np.linalg.eigvalsh(np.cov(X, rowvar=False))[::-1].tolist(),
    'components': np.linalg.svd(xc, full_matrices=False)[2].tolist(),
    'probe_weights': probe[:d].tolist(), 'probe_intercept': float(probe[d]),
    'shrunk_discriminant': (w / np.linalg.norm(w)).tolist(),
    'lda_transform': ((X - X.mean(0)) @ fisher).tolist(),
    'auc': auc(X[y == 1, 2], X[y == 0, 2]), 'auc_ties': auc(np.round(X[y == 1, 2]), np.round(X[y == 0, 2])),
    'spearman': scipy.stats.spearmanr(X[:, 0], Z[:, 0])[0], 'pearson': scipy.stats.pearsonr(X[:, 0], Z[:, 0])[0],
    'silhouette': silhouette(X, y),
    'cka': float(np.linalg.norm(zc.T @ xc) ** 2 / np.linalg.norm(xc.T @ xc) / np.linalg.norm(zc.T @ zc)),
    'procrustes_rotation': rotation.tolist(), 'procrustes_share': float(nuclear ** 2 / (xc ** 2).sum() / (zc ** 2).sum()),
    'angles': sorted(angles.tolist()),
    'mean_cosine': float((lambda u: (np.sum(u @ u.T) - n) / (n * (n - 1)))(X / np.linalg.norm(X, axis=1, keepdims=True))),
    'inverse_root': scipy.linalg.fractional_matrix_power(np.cov(X, rowvar=False, bias=True) + 0.2 * np.trace(np.cov(X, rowvar=False, bias=True)) / d * np.eye(d), -0.5).tolist(),
}
with open(os.path.join(os.path.dirname(__file__), 'goldens.json'), 'w', encoding='utf-8') as f:
    json.dump(out, f, indent=1)

# The folds behind the two parts of lda_todd.json: they follow from the numbers of pairs of its relations alone.
from sklearn.model_selection import StratifiedKFold

for name, pairs in [("todd-folds", [131, 11, 969, 762, 1147, 49, 287, 52, 175]), ("todd-english-folds", [131, 11, 287, 175])]:
    relation = np.repeat(np.arange(len(pairs)), pairs)
    fold = np.zeros(len(relation), int)
    for f, (_, test) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(relation, relation)):
        fold[test] = f
    digits = "".join(map(str, fold))
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name + ".txt"), "w") as file:
        file.writelines(digits[i:i + 120] + "\n" for i in range(0, len(digits), 120))
