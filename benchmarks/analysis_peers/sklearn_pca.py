"""Covariance, full PCA and randomised PCA (50 components) of 16,384 x 768 float32 rows: scikit-learn and VecStore in turn, medians.

    dotnet build -c Release benchmarks/VecStore.Benchmarks
    python3 benchmarks/analysis_peers/sklearn_pca.py [rounds]        needs numpy and scikit-learn (Debian: python3-sklearn)
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import sklearn
from sklearn.decomposition import PCA

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
here = os.path.dirname(os.path.abspath(__file__))
ours = os.path.join(here, "..", "VecStore.Benchmarks", "bin", "Release", "net10.0", "VecStore.Benchmarks.dll")

generator = np.random.default_rng(7)
rows, dimension = 16384, 768
rotation, _ = np.linalg.qr(generator.standard_normal((dimension, dimension)))
x = ((generator.standard_normal((rows, dimension)) * (1 + np.arange(dimension)) ** -0.4) @ rotation + 0.3).astype(np.float32)


def timed(work):
    processor, started = time.process_time(), time.perf_counter()
    value = work()
    return {"seconds": time.perf_counter() - started, "processor": time.process_time() - processor, "value": float(value)}


def theirs():
    return {
        "covariance": timed(lambda: np.cov(x, rowvar=False)[0, 0]),
        "full": timed(lambda: PCA(svd_solver="full").fit(x).explained_variance_[0]),
        "top50": timed(lambda: PCA(50, svd_solver="arpack", random_state=0).fit(x).explained_variance_[49]),
        "randomized50": timed(lambda: PCA(50, svd_solver="randomized", random_state=0).fit(x).explained_variance_[49]),
    }


with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "x.npy")
    np.save(path, x)
    PCA(2, svd_solver="randomized").fit(x[:1000])
    found = []
    for _ in range(rounds):
        peer = theirs()
        found.append((peer, json.loads(subprocess.run(["dotnet", ours, "--pca", path], check=True, capture_output=True, text=True).stdout)))

print(f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}; {rows} x {dimension} float32, medians of {rounds}, seconds (processor seconds)")
for name, what in [("covariance", "covariance (np.cov)"), ("full", "full PCA"), ("top50", "50 components (arpack; ours Lanczos)"), ("randomized50", "50 components, randomised")]:
    middle = lambda side, key: statistics.median(pair[side][name][key] for pair in found)
    print(f"{what:40} scikit-learn {middle(0, 'seconds'):7.3f} ({middle(0, 'processor'):7.3f})   VecStore {middle(1, 'seconds'):7.3f} ({middle(1, 'processor'):7.3f})   "
          f"ratio {middle(0, 'seconds') / middle(1, 'seconds'):5.2f} ({middle(0, 'processor') / middle(1, 'processor'):5.2f})   "
          f"values {found[0][0][name]['value']:.6g} {found[0][1][name]['value']:.6g}")
