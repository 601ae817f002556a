using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Makes the staged rows of a bulk load segments of the collection, all in one manifest.</summary>
internal static class PublishLoad
{
    /// <summary>Rows of one segment at most; more rows make several.</summary>
    private const int MostRows = 1 << 23;

    public static BulkLoadReport Run(VectorCollection collection, Staging staging, string? source, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        VectorStore store = collection.Store;
        var handles = new List<(SegmentHandle Handle, RowSet? Superseded)>();
        Observation observation = Observation.OfSegments(collection, StoreEventKind.Loaded);
        lock (store.MaintenanceGate)
        {
            store.ThrowIfNotWritable();
            collection.ThrowIfDropped();
            try
            {
                WriteSegments(collection, staging, handles, progress, cancellation);
                BulkLoadReport report = Show(collection, staging, source, handles, cancellation);
                observation.Wrote(StoreEventKind.Loaded, handles.Count, report.Rows, handles.Sum(written => written.Handle.FileBytes));
                return report;
            }
            finally
            {
                observation.Dispose();
                foreach ((SegmentHandle handle, _) in handles) handle.Release();
            }
        }
    }

    private static void WriteSegments(VectorCollection collection, Staging staging, List<(SegmentHandle Handle, RowSet? Superseded)> handles,
        IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        VectorStore store = collection.Store;
        Segment[] parts = [.. staging.OpenParts()];
        try
        {
            long total = parts.Sum(part => (long)part.Count);
            long copied = 0;
            int next = 0;
            while (next < parts.Length)
            {
                int first = next;
                long rows = 0;
                while (next < parts.Length && (next == first || rows + parts[next].Count <= MostRows)) rows += parts[next++].Count;
                long id;
                lock (store.WriteGate) id = store.NextId();
                string name = StoreFolder.SegmentName(id);
                WrittenSegment written;
                using (SegmentWriter writer = SegmentWriter.Create(store.Files, store.Folder.DataFile(name), id, collection.Schema))
                {
                    for (int i = first; i < next; i++)
                    {
                        RowSet? superseded = staging.Superseded(i, parts[i].Count);
                        for (int row = 0; row < parts[i].Count; row++)
                        {
                            if ((copied++ & 0x3FFF) == 0)
                            {
                                cancellation.ThrowIfCancellationRequested();
                                progress?.Report(new BuildProgress("copy", copied, total));
                            }

                            if (superseded is null || !superseded.Contains(row)) writer.AppendFrom(parts[i], row);
                            else staging.Duplicates++;
                        }
                    }

                    written = writer.Complete();
                }

                handles.Add((SegmentFile.WithGraph(collection, name, progress, cancellation), written.Superseded));
                staging.Duplicates += written.Superseded?.Count ?? 0;
            }
        }
        finally
        {
            foreach (Segment part in parts) part.Dispose();
        }
    }

    // Seals what is in memory, so that the loaded rows come after it, takes the place of rows with the same keys, and publishes.
    private static BulkLoadReport Show(VectorCollection collection, Staging staging, string? source, List<(SegmentHandle Handle, RowSet? Superseded)> handles,
        CancellationToken cancellation)
    {
        VectorStore store = collection.Store;
        lock (store.WriteGate)
        {
            Seal.Run(collection, cancellation);
            var views = new List<SegmentView>(collection.Current.Views.Where(view => !view.Handle.IsMemory));
            int before = views.Count;
            foreach ((SegmentHandle handle, RowSet? superseded) in handles) views.Add(new SegmentView(handle, handle.Segment.Count, superseded));
            long replaced = 0;
            for (int newer = before; newer < views.Count; newer++)
            {
                long gone = DeleteOlder(views, newer, cancellation);
                replaced += gone;
            }

            long rows = views.Skip(before).Sum(view => (long)view.Live);
            ProvenanceEntry? imported = source is null ? null : new ProvenanceEntry { Source = source, Rows = rows, At = DateTimeOffset.UtcNow };
            PublishManifest.Run(collection, [.. views], Math.Max(collection.SealedThrough, collection.Current.Sequence), imported: imported);
            return new BulkLoadReport(rows, replaced, staging.Duplicates);
        }
    }

    // Marks the rows of older segments whose key the newer one has.
    private static long DeleteOlder(List<SegmentView> views, int newer, CancellationToken cancellation)
    {
        if (newer == 0) return 0;
        ISegment segment = views[newer].Segment;
        var deletions = new DeletionBuilder?[newer];
        long count = 0;
        bool integers = segment.Schema.KeyKind == KeyKind.Int64;
        for (int row = 0; row < segment.Count; row++)
        {
            if ((row & 0xFFF) == 0) cancellation.ThrowIfCancellationRequested();
            for (int older = newer - 1; older >= 0; older--)
            {
                int found = integers ? views[older].Find(segment.Int64Key(row), default) : views[older].Find(0, segment.Utf8Key(row));
                if (found < 0 || deletions[older]?.Contains(found) == true) continue;
                (deletions[older] ??= new DeletionBuilder(views[older])).Add(found);
                count++;
                break;
            }
        }

        for (int older = 0; older < newer; older++)
        {
            if (deletions[older] is { } builder) views[older] = views[older] with { Deleted = builder.ToRowSet() };
        }

        return count;
    }
}
