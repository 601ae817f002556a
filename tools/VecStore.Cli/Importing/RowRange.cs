using VecStore.Formats;

namespace VecStore.Cli.Importing;

/// <summary>The rows of a source that an import takes: from <paramref name="First"/> to before <paramref name="End"/>, which is null where nobody knows it.</summary>
internal readonly record struct RowRange(long First, long? End)
{
    public static RowRange Of(ImportRequest request, VectorSource source)
    {
        long first = 0;
        long? end = source.RowCount;
        if (request.Shard is { } shard)
        {
            // A text file does not say how many rows it has; to cut one into parts it is gone through once more.
            long rows = source.RowCount ?? VectorSource.CountRows(request.Source, request.Read);
            first = shard.First(rows);
            end = shard.End(rows);
        }

        if (request.Limit is { } limit) end = first + Math.Min(limit, (end ?? long.MaxValue) - first);
        return new RowRange(first, end);
    }
}
