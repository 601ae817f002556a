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
        PartialScan<TStatistic, TResult> partial = new(empty, rows.Count, rows.Dimension, ChunkRows);
        long chunks = (rows.Count + ChunkRows - 1L) / ChunkRows;
        long next = chunks * options.Part / options.Parts - 1, end = chunks * (options.Part + 1) / options.Parts;
        int threads = Workers.Count(options.Threads, end - next - 1);
        long seen = 0;
        Workers.Run(threads, _ =>
        {
            float[] batch = new float[Math.Min(BatchRows, rows.Count) * rows.Dimension];
            while (Interlocked.Increment(ref next) is long chunk && chunk < end)
            {
                TStatistic state = empty.Empty();
                int first = (int)(chunk * ChunkRows), last = (int)Math.Min(rows.Count, (long)first + ChunkRows);
                for (int at = first; at < last; at += BatchRows)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Span<float> values = batch.AsSpan(0, Math.Min(BatchRows, last - at) * rows.Dimension);
                    rows.Read(at, values);
                    state.Observe(new(values, rows.Dimension, at));
                }
                lock (partial) partial.Add(chunk, state);
                options.Progress?.Report(Interlocked.Add(ref seen, last - first));
            }
        });
        return partial;
    }
}
