"""Lobes at 16,384 features: spectral clustering into 8, exact neighbours, multinomial regression, silhouette: SciPy, scikit-learn and FAISS against VecStore, one thread each, in turn, medians.

    dotnet build -c Release benchmarks/VecStore.Benchmarks
    python3 benchmarks/analysis_peers/sklearn_lobes.py [rounds] [part ...]        needs numpy, scipy, scikit-learn, faiss (Debian: python3-sklearn, python3-faiss)
"""
import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings

import faiss
import numpy as np
import scipy
import scipy.sparse as sparse
import sklearn
from scipy.sparse.linalg import eigsh
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import silhouette_score

warnings.filterwarnings("ignore")
faiss.omp_set_num_threads(1)
rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
parts = sys.argv[2:] or ["spectral", "neighbors", "regression", "silhouette"]
here = os.path.dirname(os.path.abspath(__file__))
ours = os.path.join(here, "..", "VecStore.Benchmarks", "bin", "Release", "net10.0", "VecStore.Benchmarks.dll")

folder = tempfile.TemporaryDirectory()
subprocess.run(["dotnet", ours, "--lobes-data", folder.name], check=True)
load = lambda name: np.load(os.path.join(folder.name, name + ".npy"))
rows, labels = load("rows"), load("labels")
graph = sparse.csr_matrix((load("weights"), load("columns"), load("starts")), shape=(len(rows), len(rows)))
unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)


def spectral():
    degree = np.asarray(graph.sum(1)).ravel()
    scale = sparse.diags(1 / np.sqrt(degree))
    values, vectors = eigsh(scale @ graph @ scale, k=8, which="LA", v0=np.random.default_rng(0).uniform(-1, 1, len(rows)))
    found = KMeans(8, n_init=10, random_state=42).fit(vectors[:, ::-1] / np.sqrt(degree)[:, None]).labels_
    return sum(1 - graph[found == c][:, found == c].sum() / degree[found == c].sum() for c in range(8))


def neighbors():
    index = faiss.IndexFlatIP(unit.shape[1])
    index.add(unit)
    cosines, found = index.search(unit, 11)
    return float(cosines[found != np.arange(len(unit))[:, None]].astype(np.float64).sum())


def regression():
    model = LogisticRegression(max_iter=1000, n_jobs=1).fit(rows, labels)
    p = model.predict_log_proba(rows)
    return float(-p[np.arange(len(rows)), labels].sum() + (model.coef_ ** 2).sum() / 2)


def silhouette():
    return float(silhouette_score(rows, labels))


def timed(work):
    processor, started = time.process_time(), time.perf_counter()
    value = work()
    return {"seconds": time.perf_counter() - started, "processor": time.process_time() - processor, "value": float(value)}


found = []
for _ in range(rounds):
    peer = {part: timed(globals()[part]) for part in parts}
    found.append((peer, json.loads(subprocess.run(["dotnet", ours, "--lobes", *parts], check=True, capture_output=True, text=True).stdout)))

print(f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, FAISS {faiss.__version__}; {len(rows)} x {rows.shape[1]} float32, graph of {graph.nnz:,} weights; one thread, medians of {rounds}, seconds (processor seconds)")
names = {"spectral": "spectral clustering into 8 (eigsh + KMeans)", "neighbors": "exact neighbours, k = 10 (FAISS flat)", "regression": "logistic regression, 8 classes", "silhouette": "silhouette"}
for part in parts:
    middle = lambda side, key: statistics.median(pair[side][part][key] for pair in found)
    print(f"{names[part]:45} peer {middle(0, 'seconds'):7.3f} ({middle(0, 'processor'):7.3f})   VecStore {middle(1, 'seconds'):7.3f} ({middle(1, 'processor'):7.3f})   "
          f"ratio {middle(0, 'processor') / middle(1, 'processor'):5.2f}   values {found[0][0][part]['value']:.8g} {found[0][1][part]['value']:.8g}")
