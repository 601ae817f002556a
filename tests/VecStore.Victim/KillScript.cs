namespace VecStore.Victim;

/// <summary>What the process that is to be killed does: operation n follows from n alone, so that its killer knows what should be there.</summary>
public static class KillScript
{
    public const string Collection = "c";
    private const int Dimension = 6;
    private const int KeyPool = 300;

    public static CollectionSchema Schema { get; } = new(Dimension) { Metric = Metric.Euclidean, Fields = [new("n", FieldType.Int64)] };

    /// <summary>Rows that operation n writes (a vector) or deletes (null), in order; none for operations that only move rows.</summary>
    public static IReadOnlyList<(long Key, float[]? Vector)> ChangesOf(long n)
    {
        var random = new Random((int)(n * 7919));
        int rows = KindOf(n) switch { Kind.Upsert => 1, Kind.Batch => 12, Kind.BulkLoad => 40, _ => 0 };
        var changes = new List<(long, float[]?)>();
        for (int i = 0; i < rows; i++)
        {
            bool delete = KindOf(n) == Kind.Batch && random.Next(3) == 0;
            changes.Add((random.Next(KeyPool), delete ? null : [.. Enumerable.Range(0, Dimension).Select(_ => random.NextSingle())]));
        }

        return changes;
    }

    /// <summary>Does operation n. It is acknowledged when this returns.</summary>
    public static void Run(VectorStore store, long n)
    {
        VectorCollection rows = store[Collection];
        switch (KindOf(n))
        {
            case Kind.Seal: rows.Seal(); break;
            case Kind.Compact: rows.Compact(); break;
            case Kind.RebuildIndex: rows.RebuildIndex(); break;
            case Kind.BulkLoad:
                using (BulkLoad load = rows.BeginBulkLoad(new() { CheckpointRows = 16 }))
                {
                    foreach ((long key, float[]? vector) in ChangesOf(n)) load.Append(key, vector!, new() { ["n"] = n });
                    load.Publish();
                }

                break;
            default:
                using (WriteBatch batch = rows.BeginWrite())
                {
                    foreach ((long key, float[]? vector) in ChangesOf(n))
                    {
                        if (vector is null) batch.Delete(key);
                        else batch.Upsert(key, vector, new() { ["n"] = n });
                    }

                    batch.Commit();
                }

                break;
        }
    }

    /// <summary>A commit of two rows that belong together: a key and its negative, less one.</summary>
    public static void RunPair(VectorCollection rows, long key)
    {
        using WriteBatch batch = rows.BeginWrite();
        batch.Upsert(key, new float[Dimension], new() { ["n"] = key });
        batch.Upsert(-1 - key, new float[Dimension], new() { ["n"] = key });
        batch.Commit();
    }

    private static Kind KindOf(long n) => (n % 60) switch
    {
        17 or 47 => Kind.Seal,
        29 => Kind.Compact,
        41 => Kind.BulkLoad,
        53 => Kind.RebuildIndex,
        var other => other % 3 == 0 ? Kind.Batch : Kind.Upsert,
    };

    private enum Kind { Upsert, Batch, Seal, Compact, BulkLoad, RebuildIndex }
}
