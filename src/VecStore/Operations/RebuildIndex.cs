namespace VecStore.Operations;

/// <summary>Builds graphs anew from the vectors; the old graph files are not even opened.</summary>
internal static class RebuildIndex
{
    public static void Run(VectorCollection collection, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        VectorStore store = collection.Store;
        lock (store.MaintenanceGate)
        {
            Seal.Run(collection, cancellation);
            foreach (SegmentView view in Compact.SealedViews(collection))
            {
                SegmentHandle rebuilt = SegmentFile.WithGraph(collection, view.Handle.Files!.Segment, progress, cancellation);
                try
                {
                    lock (store.WriteGate)
                    {
                        SegmentView[] views = [.. collection.Current.Views.Select(now => now.Segment.Id == view.Segment.Id ? now with { Handle = rebuilt } : now)];
                        PublishManifest.Run(collection, views, collection.SealedThrough);
                    }
                }
                finally
                {
                    rebuilt.Release();
                }
            }
        }
    }
}
