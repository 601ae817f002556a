namespace VecStore.Analysis;

/// <summary>How a scan runs. None of it changes the bits of the result.</summary>
public sealed record ScanOptions
{
    /// <summary>Threads; 0 means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Which part of the chunks to scan: 0-based number of the part. With <see cref="Parts"/>, lets several processes share a scan.</summary>
    public int Part { get; init; }

    /// <summary>Into how many parts the chunks are cut.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>Where finished states of sealed segments are kept and looked for; null for nowhere. What is found there is not computed again.</summary>
    public PartialCache? Cache { get; init; }

    /// <summary>Told the number of rows seen, now and then, from any thread.</summary>
    public IProgress<long>? Progress { get; init; }
}

/// <summary>Runs statistics over rows: fixed chunks of 16,384 rows, read in batches of 256, combined along a fixed tree.</summary>
public static class Scan
{
    /// <summary>Rows in a chunk: one state is made for each. Part of the numeric contract.</summary>
    public const int ChunkRows = 16_384;

    /// <summary>Rows handed to a statistic at once. Part of the numeric contract.</summary>
    public const int BatchRows = 256;

    /// <summary>The result of a statistic over all rows.</summary>
    public static TResult Run<TStatistic, TResult>(
        IRowSource rows, IStatistic<TStatistic, TResult> statistic, ScanOptions? options = null, CancellationToken cancellation = default)
        where TStatistic : IStatistic<TStatistic, TResult>
        => Partial(rows, statistic, options, cancellation).Finish();

    /// <summary>The results of two statistics in one pass.</summary>
    public static (TFirstResult First, TSecondResult Second) Run<TFirst, TFirstResult, TSecond, TSecondResult>(
        IRowSource rows, IStatistic<TFirst, TFirstResult> first, IStatistic<TSecond, TSecondResult> second,
        ScanOptions? options = null, CancellationToken cancellation = default)
        where TFirst : IStatistic<TFirst, TFirstResult>
        where TSecond : IStatistic<TSecond, TSecondResult>
        => Run(rows, new StatisticPair<TFirst, TFirstResult, TSecond, TSecondResult>((TFirst)first, (TSecond)second), options, cancellation);

    /// <summary>The state over one part of the rows, which can be written, read and combined with the other parts.</summary>
    public static PartialScan<TStatistic, TResult> Partial<TStatistic, TResult>(
        IRowSource rows, IStatistic<TStatistic, TResult> statistic, ScanOptions? options = null, CancellationToken cancellation = default)
        where TStatistic : IStatistic<TStatistic, TResult>
    {
        options ??= new();
        if (options.Parts < 1 || options.Part < 0 || options.Part >= options.Parts)
            throw new ArgumentOutOfRangeException(nameof(options), $"part {options.Part} of {options.Parts}");
        TStatistic empty = ((TStatistic)statistic).Empty();
        ChunkMap map = new(rows.PartRows);
        if (map.TotalRows != rows.Count) throw new InvalidOperationException($"the parts have {map.TotalRows} rows, the whole {rows.Count}");
        PartialScan<TStatistic, TResult> partial = new(empty, map, rows.Dimension);
        if (options.Cache is not null && options.Parts == 1 && !TStatistic.DependsOnRowNumbers)
        {
            for (int segment = 0; segment < map.PartRows.Count; segment++)
            {
                ScanOptions inner = options with { Cache = null, Progress = null };
                partial.AddSegment(segment, options.Cache.GetOrAdd(empty, rows, segment, part => Partial(part, empty, inner, cancellation)));
                options.Progress?.Report(partial.RowsSeen);
            }
            return partial;
        }

        int next = (int)((long)map.Chunks.Count * options.Part / options.Parts) - 1, end = (int)((long)map.Chunks.Count * (options.Part + 1) / options.Parts);
        int threads = Workers.Count(options.Threads, end - next - 1);
        long seen = 0;
        Workers.Run(threads, _ =>
        {
            float[] batch = new float[Math.Min(BatchRows, rows.Count) * rows.Dimension];
            while (Interlocked.Increment(ref next) is int chunk && chunk < end)
            {
                TStatistic state = empty.Empty();
                (long number, long first, int count, int _) = map.Chunks[chunk];
                for (int at = 0; at < count; at += BatchRows)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Span<float> values = batch.AsSpan(0, Math.Min(BatchRows, count - at) * rows.Dimension);
                    rows.Read((int)(first + at), values);
                    state.Observe(new(values, rows.Dimension, first + at));
                }
                lock (partial) partial.Add(number, state);
                options.Progress?.Report(Interlocked.Add(ref seen, count));
            }
        });
        return partial;
    }
}
