"""The Google analogies (3CosAdd, first 30,000 words): gensim's evaluate_word_analogies and `vecstore evaluate analogies` in turn, medians.

    dotnet build -c Release tools/VecStore.Cli
    python3 benchmarks/analysis_peers/gensim_analogies.py [rounds]        needs gensim (Debian: python3-gensim) and the shared words (../shared, or VECSTORE_SHARED)

gensim's time is that of the call alone, vectors in memory; ours is that of the whole process: start, opening the store, reading it, the answer. Ours counts the inputs allowed and the
top five besides, and by default 3CosMul as well. Processor time is that of all threads.
"""
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import gensim
import numpy as np
from gensim.models import KeyedVectors

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
here = os.path.dirname(os.path.abspath(__file__))
shared = os.environ.get("VECSTORE_SHARED", os.path.join(here, "..", "..", "..", "shared"))
command = ["dotnet", os.path.join(here, "..", "..", "tools", "VecStore.Cli", "bin", "Release", "net10.0", "VecStore.Cli.dll")]
words, vectors = (os.path.join(shared, "data", "words", "glove6b-100d-120k" + end) for end in (".vocab.txt", ".npy"))
questions = os.path.join(shared, "data", "analogies", "questions-words.txt")
restrict = 30000

keyed = KeyedVectors(vector_size=100, count=0)
with open(words, encoding="utf-8") as file:
    keyed.add_vectors([line.rstrip("\n") for line in file][:restrict], np.load(vectors, mmap_mode="r")[:restrict].astype(np.float32))


def gensims():
    processor, started = time.process_time(), time.perf_counter()
    _, sections = keyed.evaluate_word_analogies(questions, restrict_vocab=restrict)
    return {"seconds": time.perf_counter() - started, "processor": time.process_time() - processor, "correct": len(sections[-1]["correct"])}


def ours(store, *more):
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    text = subprocess.run([*command, "evaluate", "analogies", questions, "--restrict", str(restrict), "--store", store, "--json", *more], check=True, capture_output=True).stdout
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    result = json.loads(text)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "processor": processor, "inside": result["seconds"], "correct": result["overall"]["correct_3cosadd"]}


with tempfile.TemporaryDirectory() as folder:
    store = os.path.join(folder, "words")
    subprocess.run([*command, "import", vectors, "--keys", words, "--into", store, "--collection", "words", "--m", "4", "--ef-construction", "16"], check=True, capture_output=True)
    found = {"gensim": [], "ours": [], "ours, 3CosMul too": []}
    for turn in range(rounds):
        found["gensim"].append(gensims())
        found["ours"].append(ours(store, "--methods", "3cosadd"))
        found["ours, 3CosMul too"].append(ours(store))
print(f"gensim {gensim.__version__}, {rounds} turns, medians")
medians = {name: {key: statistics.median(one[key] for one in runs) for key in runs[0]} for name, runs in found.items()}
for name, one in medians.items():
    print(f"{name}: " + ", ".join(f"{key} {value:.3f}" if key != "correct" else f"right {value}" for key, value in one.items()))
for name in ("ours", "ours, 3CosMul too"):
    print(f"{name}: gensim takes {medians['gensim']['seconds'] / medians[name]['seconds']:.1f} x by the clock, {medians['gensim']['processor'] / medians[name]['processor']:.1f} x of processor time")
