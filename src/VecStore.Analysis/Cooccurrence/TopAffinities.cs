namespace VecStore.Analysis;

/// <summary>The m features of highest affinity to one; ties go to the smaller feature. The same whatever the order of the offers.</summary>
internal sealed class TopAffinities(int capacity)
{
    // A binary heap with the worst on top.
    private readonly List<(double Affinity, int Feature, int Both)> heap = new(Math.Min(capacity, 64));

    public int Count => heap.Count;

    public bool IsFull => heap.Count == capacity;

    /// <summary>The affinity that must be reached to come in; a tie may come in.</summary>
    public double Worst => IsFull ? heap[0].Affinity : double.NegativeInfinity;

    public void Offer(double affinity, int feature, int both)
    {
        (double, int, int) offered = (affinity, feature, both);
        if (heap.Count < capacity)
        {
            heap.Add(offered);
            int at = heap.Count - 1;
            for (; at > 0 && Worse(offered, heap[(at - 1) / 2]); at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
            heap[at] = offered;
        }
        else if (Worse(heap[0], offered))
        {
            int at = 0;
            for (int child = 1; child < heap.Count; child = (2 * at) + 1)
            {
                if (child + 1 < heap.Count && Worse(heap[child + 1], heap[child])) child++;
                if (!Worse(heap[child], offered)) break;
                heap[at] = heap[child];
                at = child;
            }
            heap[at] = offered;
        }
    }

    public void Clear() => heap.Clear();

    /// <summary>Sorts, best first, and copies; it takes no more offers until cleared. <paramref name="both"/> may be empty.</summary>
    public void CopyTo(Span<int> features, Span<double> affinities, Span<int> both)
    {
        heap.Sort((x, y) => Worse(x, y) ? 1 : Worse(y, x) ? -1 : 0);
        for (int i = 0; i < heap.Count; i++)
        {
            (affinities[i], features[i]) = (heap[i].Affinity, heap[i].Feature);
            if (!both.IsEmpty) both[i] = heap[i].Both;
        }
    }

    private static bool Worse((double Affinity, int Feature, int Both) x, (double Affinity, int Feature, int Both) y) =>
        x.Affinity < y.Affinity || (x.Affinity == y.Affinity && x.Feature > y.Feature);
}
