using VecStore.Formats;

namespace VecStore.Cli.Importing;

/// <summary>The rows of a source that an import takes: from <paramref name="First"/> to before <paramref name="End"/>, which is null where nobody knows it.</summary>
internal readonly record struct RowRange(long First, long? End)
{
    public static RowRange Of(ImportRequest request, VectorSource source, CancellationToken cancellation)
    {
        long first = 0;
        long? end = source.RowCount;
        if (request.Shard is { } shard)
        {
            long rows = source.RowCount ?? CountRows(request, cancellation);
            first = shard.First(rows);
            end = shard.End(rows);
        }

        if (request.Limit is { } limit) end = Math.Min(first + limit, end ?? long.MaxValue);
        return new RowRange(first, end);
    }

    // Text files do not say how many rows they have; to cut one into parts it is read once more.
    private static long CountRows(ImportRequest request, CancellationToken cancellation)
    {
        using VectorSource source = VectorSource.Open(request.Source, request.Read);
        var block = new VectorBlock();
        while (source.Read(block)) cancellation.ThrowIfCancellationRequested();
        return source.Position;
    }
}
