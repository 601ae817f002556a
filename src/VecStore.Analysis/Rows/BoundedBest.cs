namespace VecStore.Analysis;

/// <summary>Keeps the k best (score, row); higher is better, ties go to the smaller row. The same k whatever the order of the offers.</summary>
internal sealed class BoundedBest(int capacity)
{
    // A binary heap with the worst on top.
    private readonly (float Score, int Row)[] heap = new (float, int)[capacity];
    private int count;

    public int Count => count;

    /// <summary>No score below this is kept any more.</summary>
    public float Threshold => count < capacity ? float.NegativeInfinity : heap[0].Score;

    public void Offer(float score, int row)
    {
        if (count < heap.Length)
        {
            int at = count++;
            while (at > 0 && Worse((score, row), heap[(at - 1) / 2]))
            {
                heap[at] = heap[(at - 1) / 2];
                at = (at - 1) / 2;
            }
            heap[at] = (score, row);
        }
        else if (capacity > 0 && Worse(heap[0], (score, row)))
        {
            int at = 0;
            while (true)
            {
                int child = 2 * at + 1;
                if (child >= count) break;
                if (child + 1 < count && Worse(heap[child + 1], heap[child])) child++;
                if (!Worse(heap[child], (score, row))) break;
                heap[at] = heap[child];
                at = child;
            }
            heap[at] = (score, row);
        }
    }

    public void Combine(BoundedBest other)
    {
        for (int i = 0; i < other.count; i++) Offer(other.heap[i].Score, other.heap[i].Row);
    }

    /// <summary>The best of all that were kept in parts; the first of them takes the others.</summary>
    public static BoundedBest Of(ReadOnlySpan<BoundedBest> parts)
    {
        foreach (BoundedBest part in parts[1..]) parts[0].Combine(part);
        return parts[0];
    }

    public (float Score, int Row)[] Ordered()
    {
        (float Score, int Row)[] ordered = heap[..count];
        Array.Sort(ordered, (x, y) => Worse(x, y) ? 1 : Worse(y, x) ? -1 : 0);
        return ordered;
    }

    public void Write(BinaryWriter writer)
    {
        (float Score, int Row)[] ordered = Ordered();
        writer.Write(ordered.Length);
        foreach ((float score, int row) in ordered)
        {
            writer.Write(score);
            writer.Write(row);
        }
    }

    public static BoundedBest Read(BinaryReader reader, int capacity)
    {
        BoundedBest best = new(capacity);
        int count = reader.ReadInt32();
        if (count < 0 || count > capacity) throw new InvalidDataException($"{count} rows kept of {capacity}");
        for (int i = 0; i < count; i++) best.Offer(reader.ReadSingle(), reader.ReadInt32());
        return best;
    }

    private static bool Worse((float Score, int Row) x, (float Score, int Row) y) => x.Score < y.Score || (x.Score == y.Score && x.Row > y.Row);
}
