using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Merges neighbouring segments into one without the deleted rows, keeping the order of the rows, and gives the space back.</summary>
internal static class Compact
{
    public static void Run(VectorCollection collection, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        lock (collection.Store.MaintenanceGate)
        {
            Seal.Run(collection, cancellation);
            SegmentView[] views = SealedViews(collection);
            bool alreadyOne = views.Length == 1 && views[0].Deleted is not { Count: > 0 };
            if (views.Length > 0 && !alreadyOne) Merge(collection, 0, views.Length, progress, cancellation);
        }
    }

    /// <summary>The sealed segments; they come before those in memory.</summary>
    public static SegmentView[] SealedViews(VectorCollection collection) => [.. collection.Current.Views.TakeWhile(view => !view.Handle.IsMemory)];

    /// <summary>Merges a run of sealed segments. The caller holds the maintenance gate: only deletions can come in between.</summary>
    public static void Merge(VectorCollection collection, int first, int count, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        VectorStore store = collection.Store;
        SegmentView[] inputs = SealedViews(collection)[first..(first + count)];
        long live = inputs.Sum(view => (long)view.Live);
        if (live > RowLayout.MaxRows) throw new InvalidOperationException($"{live} rows do not fit one segment; at most {RowLayout.MaxRows} do.");
        SegmentHandle? merged = null;
        Observation observation = Observation.OfSegments(collection, StoreEventKind.Merged);
        try
        {
            if (live > 0)
            {
                long id;
                lock (store.WriteGate) id = store.NextId();
                merged = SegmentFile.Write(collection, id, collection.Schema, writer => AppendLive(writer, inputs, cancellation), progress, cancellation);
            }

            lock (store.WriteGate)
            {
                SegmentView[] now = collection.Current.Views;
                SegmentView[] middle = merged is null ? [] : [new SegmentView(merged, merged.Segment.Count, DeletedMeanwhile(inputs, now[first..(first + count)], merged.Segment.Count))];
                PublishManifest.Run(collection, [.. now[..first], .. middle, .. now[(first + count)..]], collection.SealedThrough);
            }

            observation.Wrote(StoreEventKind.Merged, merged is null ? 0 : 1, live, merged?.FileBytes ?? 0);
        }
        finally
        {
            observation.Dispose();
            merged?.Release();
        }
    }

    private static void AppendLive(SegmentWriter writer, SegmentView[] inputs, CancellationToken cancellation)
    {
        foreach (SegmentView view in inputs)
        {
            for (int row = 0; row < view.Rows; row++)
            {
                if ((row & 0xFFF) == 0) cancellation.ThrowIfCancellationRequested();
                if (view.IsLive(row)) writer.AppendFrom(view.Segment, row);
            }
        }
    }

    // A row of an input has in the output the number of live rows before it.
    private static RowSet? DeletedMeanwhile(SegmentView[] before, SegmentView[] now, int rows)
    {
        var gone = new List<int>();
        int start = 0;
        for (int i = 0; i < before.Length; i++)
        {
            if (now[i].Deleted is { } deleted && !ReferenceEquals(deleted, before[i].Deleted))
            {
                int mapped = start;
                for (int row = 0; row < before[i].Rows; row++)
                {
                    if (!before[i].IsLive(row)) continue;
                    if (deleted.Contains(row)) gone.Add(mapped);
                    mapped++;
                }
            }

            start += before[i].Live;
        }

        return gone.Count == 0 ? null : RowSet.Of(rows, gone.ToArray());
    }
}
