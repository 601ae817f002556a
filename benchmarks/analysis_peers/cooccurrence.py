#!/usr/bin/python3
"""Counting co-occurrence: VecStore against SciPy's X^T X, in turns in one run, on the same generated blocks.

    dotnet build -c Release benchmarks/VecStore.Features
    python3 benchmarks/analysis_peers/cooccurrence.py [--features 16384] [--blocks 20000] [--firings 400] [--turns 3]

Processor time of one thread each. SciPy multiplies sparse float32 and int32 matrices; the faster counts. That both have the same counts is checked on a hundred rows.
"""
import argparse, json, os, resource, statistics, subprocess, sys, tempfile, time

import numpy as np
import scipy
from scipy import sparse

here = os.path.dirname(os.path.abspath(__file__))
program = os.path.join(here, "..", "VecStore.Features", "bin", "Release", "net10.0", "VecStore.Features.dll")
parser = argparse.ArgumentParser()
parser.add_argument("--features", type=int, default=16384)
parser.add_argument("--blocks", type=int, default=20000)
parser.add_argument("--firings", type=int, default=400)
parser.add_argument("--turns", type=int, default=3)
options = parser.parse_args()


def ours(*arguments):
    lines = subprocess.run(["dotnet", program, "count", "--features", str(options.features), *arguments], check=True, capture_output=True, text=True).stdout.splitlines()
    return [json.loads(line) for line in lines]


with tempfile.TemporaryDirectory() as folder:
    ours("--blocks", str(options.blocks), "--firings", str(options.firings), "--repeat", "0", "--write", folder)
    indptr, indices = np.load(folder + "/indptr.npy"), np.load(folder + "/indices.npy")
    shape = (len(indptr) - 1, options.features)
    print(f"{shape[0]} blocks x {shape[1]} features, {len(indices)} firings; scipy {scipy.__version__}, numpy {np.__version__}")
    theirs, mine = {"float32": [], "int32": []}, []
    for turn in range(options.turns):
        found = ours("--read", folder, "--repeat", "3")
        mine.append(statistics.median(run["processor_seconds"] for run in found))
        print(f"turn {turn + 1}: VecStore {mine[-1]:.2f} s, peak {found[-1]['peak_megabytes']} MB", flush=True)
        for name in theirs:
            if turn > 0 and theirs[name][0] > 1.2 * min(times[0] for times in theirs.values()):
                continue  # the slower type is not asked again
            x = sparse.csr_matrix((np.ones(len(indices), dtype=name), indices, indptr), shape=shape)
            t = x.T.tocsr()
            start = time.process_time()
            product = t @ x
            theirs[name].append(time.process_time() - start)
            total = int(product[:100].sum(dtype=np.int64))
            if any(run["sum_check"] != total for run in found):
                sys.exit(f"the counts differ: {found[0]['sum_check']} and {total}")
            print(f"turn {turn + 1}: scipy {name} {theirs[name][-1]:.2f} s, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB", flush=True)
            del product
    best = min(statistics.median(times) for times in theirs.values())
    print(f"medians: VecStore {statistics.median(mine):.2f} s, scipy {best:.2f} s: {best / statistics.median(mine):.1f} x")
