using VecStore.Indexing;
using VecStore.Storage;

namespace VecStore.Operations;

/// <summary>Writes a segment and its graph into the data folder, and opens them. Until a manifest names them they are orphans that the next opening removes.</summary>
internal static class SegmentFile
{
    /// <summary>Writes a segment from rows that are appended, then builds its graph on the mapped rows.</summary>
    public static SegmentHandle Write(VectorCollection collection, long id, CollectionSchema schema, Action<SegmentWriter> append, IProgress<BuildProgress>? progress,
        CancellationToken cancellation)
    {
        VectorStore store = collection.Store;
        string name = StoreFolder.SegmentName(id);
        using (SegmentWriter writer = SegmentWriter.Create(store.Files, store.Folder.DataFile(name), id, schema))
        {
            append(writer);
            writer.Complete();
        }

        return WithGraph(collection, name, progress, cancellation);
    }

    /// <summary>Builds a graph for a segment file, if it is large enough for one, and opens both.</summary>
    public static SegmentHandle WithGraph(VectorCollection collection, string segmentName, IProgress<BuildProgress>? progress, CancellationToken cancellation)
    {
        VectorStore store = collection.Store;
        Segment segment = Segment.Open(store.Files, store.Folder.DataFile(segmentName));
        string? graphName = null;
        try
        {
            if (segment.Count >= store.Options.GraphMinRows)
            {
                lock (store.WriteGate) graphName = StoreFolder.GraphName(store.NextId());
                using SectionFileWriter writer = SectionFileWriter.Create(store.Files, store.Folder.DataFile(graphName), FileKind.Graph, [], segment.Id);
                HnswBuilder.Build(segment.Vectors, segment.Schema.Metric, store.IndexOf(collection), writer, BuildProgress.OfGraph(progress, segment.Count), cancellation);
                writer.Complete();
            }
        }
        finally
        {
            segment.Dispose();
        }

        return Open(store, new SegmentFiles(segmentName, graphName));
    }

    public static SegmentHandle Open(VectorStore store, SegmentFiles files)
    {
        Segment segment = Segment.Open(store.Files, store.Folder.DataFile(files.Segment));
        try
        {
            HnswGraph? graph = files.Graph is null || store.Options.IgnoreGraphs ? null : OpenGraph(store, store.Folder.DataFile(files.Graph), segment);
            return new SegmentHandle(segment, graph, files);
        }
        catch
        {
            segment.Dispose();
            throw;
        }
    }

    /// <summary>Removes files that no manifest names.</summary>
    public static void Delete(VectorStore store, SegmentFiles files)
    {
        store.Files.Delete(store.Folder.DataFile(files.Segment));
        if (files.Graph is not null) store.Files.Delete(store.Folder.DataFile(files.Graph));
    }

    private static HnswGraph OpenGraph(VectorStore store, string path, Segment segment)
    {
        SectionFile file = SectionFile.Open(store.Files, path, FileKind.Graph);
        try
        {
            if (file.Identity != segment.Id) throw file.Corrupt(24, $"the graph of segment {segment.Id}", $"that of segment {file.Identity}");
            return HnswGraph.Open(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
