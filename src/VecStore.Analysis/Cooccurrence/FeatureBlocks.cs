namespace VecStore.Analysis;

/// <summary>
/// Blocks of tokens and the features that fire in each: what every count of co-occurrence is made from, and itself a mergeable statistic (blocks are appended; two parts combine by appending the
/// one to the other). Four bytes a feature in a block and eight a block; beyond the memory limit the features lie in a mapped temporary file.
/// </summary>
public sealed unsafe class FeatureBlocks : IDisposable
{
    /// <summary>Names the state in a file, with its version.</summary>
    public const string StateName = "feature blocks 1";

    /// <summary>The memory that the lists take before they go to a temporary file.</summary>
    public const long DefaultMemoryLimit = 1L << 30;

    private const int MostFeatures = 1 << 28;

    private readonly SpillingList<int> features;
    private readonly SpillingList<long> ends;

    /// <summary>No block yet.</summary>
    /// <param name="featureCount">Features are numbered below this.</param>
    /// <param name="memoryLimit">Bytes of memory before the lists go to a temporary file.</param>
    /// <param name="folder">Where temporary files go; null is the system's place for them.</param>
    public FeatureBlocks(int featureCount, long memoryLimit = DefaultMemoryLimit, string? folder = null)
    {
        if (featureCount is < 1 or > MostFeatures) throw new ArgumentOutOfRangeException(nameof(featureCount), featureCount, $"1 to {MostFeatures:N0} features are allowed");
        ArgumentOutOfRangeException.ThrowIfNegative(memoryLimit);
        FeatureCount = featureCount;
        MemoryLimit = memoryLimit;
        Folder = folder;
        features = new(memoryLimit, folder);
        ends = new(memoryLimit, folder);
    }

    /// <summary>Features are numbered below this.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of blocks, T.</summary>
    public long Count => ends.Count;

    /// <summary>Features of all blocks together.</summary>
    public long FiringCount => features.Count;

    /// <summary>True when the lists are in a temporary file.</summary>
    public bool IsSpilled => features.IsSpilled;

    internal long MemoryLimit { get; }

    internal string? Folder { get; }

    internal int* Features => features.Pointer;

    /// <summary>The features of a block, ascending.</summary>
    public ReadOnlySpan<int> this[long block]
    {
        get
        {
            if ((ulong)block >= (ulong)Count) throw new ArgumentOutOfRangeException(nameof(block), block, $"there are {Count:N0} blocks");
            (long start, long end) = RangeOf(block);
            return new(features.Pointer + start, (int)(end - start));
        }
    }

    /// <summary>Appends a block.</summary>
    /// <param name="ascending">The features that fire in it, ascending, each once; may be empty.</param>
    /// <exception cref="ArgumentException">They are not ascending below <see cref="FeatureCount"/>.</exception>
    public void Append(ReadOnlySpan<int> ascending)
    {
        int before = -1;
        foreach (int feature in ascending)
        {
            if (feature <= before || feature >= FeatureCount)
                throw new ArgumentException($"feature {feature} after {before}: features of a block ascend, each once, below {FeatureCount:N0}", nameof(ascending));
            before = feature;
        }
        features.Append(ascending);
        ends.Append([features.Count]);
    }

    /// <summary>No block yet, for as many features.</summary>
    public FeatureBlocks Empty() => new(FeatureCount, MemoryLimit, Folder);

    /// <summary>Appends the blocks of another part.</summary>
    public void Combine(FeatureBlocks later)
    {
        if (later.FeatureCount != FeatureCount) throw new ArgumentException($"blocks of {later.FeatureCount} features, these have {FeatureCount}", nameof(later));
        for (long block = 0; block < later.Count; block++) Append(later[block]);
    }

    /// <summary>In how many blocks each feature fires.</summary>
    public long[] Occurrences()
    {
        long[] counts = new long[FeatureCount];
        for (long i = 0; i < features.Count; i++) counts[features.Pointer[i]]++;
        return counts;
    }

    /// <summary>Writes all blocks.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(StateName);
        writer.Write(FeatureCount);
        writer.Write(Count);
        for (long block = 0; block < Count; block++)
        {
            ReadOnlySpan<int> row = this[block];
            writer.Write(row.Length);
            foreach (int feature in row) writer.Write(feature);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such state.</exception>
    public static FeatureBlocks Read(BinaryReader reader, long memoryLimit = DefaultMemoryLimit)
    {
        string name = reader.ReadString();
        if (name != StateName) throw new InvalidDataException($"'{name}' is not '{StateName}'");
        int featureCount = reader.ReadInt32();
        long count = reader.ReadInt64();
        if (featureCount is < 1 or > MostFeatures || count < 0) throw new InvalidDataException($"{count} blocks of {featureCount} features");
        FeatureBlocks blocks = new(featureCount, memoryLimit);
        try
        {
            int[] row = new int[Math.Min(featureCount, 1024)];
            for (long block = 0; block < count; block++)
            {
                int length = reader.ReadInt32();
                if (length < 0 || length > featureCount) throw new InvalidDataException($"a block of {length} features of {featureCount}");
                if (length > row.Length) row = new int[Math.Min(featureCount, Math.Max(length, 2 * row.Length))];
                for (int i = 0; i < length; i++) row[i] = reader.ReadInt32();
                blocks.Append(row.AsSpan(0, length));
            }
            return blocks;
        }
        catch (ArgumentException damage)
        {
            blocks.Dispose();
            throw new InvalidDataException(damage.Message, damage);
        }
        catch
        {
            blocks.Dispose();
            throw;
        }
    }

    /// <summary>Lets go of the memory, or of the temporary file.</summary>
    public void Dispose()
    {
        features.Dispose();
        ends.Dispose();
    }

    internal (long Start, long End) RangeOf(long block) => (block == 0 ? 0 : ends.Pointer[block - 1], ends.Pointer[block]);
}
