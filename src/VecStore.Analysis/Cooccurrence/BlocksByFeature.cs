namespace VecStore.Analysis;

/// <summary>The blocks of each feature, in order: the lists of <see cref="FeatureBlocks"/> the other way round. Beyond the same memory limit they too lie in a temporary file.</summary>
internal sealed unsafe class BlocksByFeature : IDisposable
{
    private readonly long[] starts;
    private readonly SpillingList<int> blocks;

    public BlocksByFeature(FeatureBlocks source, CancellationToken cancellation)
    {
        int n = source.FeatureCount;
        starts = new long[n + 2];
        int* features = source.Features;
        for (long i = 0; i < source.FiringCount; i++) starts[features[i] + 2]++;
        for (int feature = 2; feature <= n; feature++) starts[feature] += starts[feature - 1];
        blocks = new(source.MemoryLimit, source.Folder);
        try
        {
            blocks.ResizeExactly(source.FiringCount);
            for (long block = 0; block < source.Count; block++)
            {
                if ((block & 0xFFF) == 0) cancellation.ThrowIfCancellationRequested();
                (long start, long end) = source.RangeOf(block);
                for (long i = start; i < end; i++) blocks.Pointer[starts[features[i] + 1]++] = (int)block;
            }
        }
        catch
        {
            blocks.Dispose();
            throw;
        }
    }

    public int* Blocks => blocks.Pointer;

    public (long Start, long End) RangeOf(int feature) => (starts[feature], starts[feature + 1]);

    public long[] Occurrences()
    {
        long[] counts = new long[starts.Length - 2];
        for (int feature = 0; feature < counts.Length; feature++) counts[feature] = starts[feature + 1] - starts[feature];
        return counts;
    }

    public void Dispose() => blocks.Dispose();
}
