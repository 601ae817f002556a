using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace VecStore.Analysis;

/// <summary>A feature that fires together with another.</summary>
/// <param name="Feature">The other feature.</param>
/// <param name="Affinity">Their affinity.</param>
/// <param name="Both">Blocks in which both fire.</param>
/// <param name="Blocks">Blocks in which the other fires.</param>
public readonly record struct CooccurringFeature(int Feature, double Affinity, long Both, long Blocks);

/// <summary>
/// In how many blocks each feature and each pair of features fires: n_i and n_ij for up to 32,768 features, exact, as a mergeable statistic. Memory: two bytes for each square of the number of
/// features (0.5 GB at 16,384; 2.1 GB at 32,768), and up to 0.4 GB while counting. More features: <c>CooccurrenceNeighbors</c>.
/// </summary>
public sealed unsafe class CooccurrenceCounts : IDisposable
{
    /// <summary>Features that fit.</summary>
    public const int MostFeatures = 32_768;

    /// <summary>Names the state in a file, with its version.</summary>
    public const string StateName = "co-occurrence counts 1";

    private int* triangle; // row i holds n_ij for j from i on

    /// <summary>No block seen.</summary>
    /// <param name="featureCount">Features, 1 to <see cref="MostFeatures"/>.</param>
    public CooccurrenceCounts(int featureCount)
    {
        if (featureCount is < 1 or > MostFeatures)
        {
            throw new ArgumentOutOfRangeException(nameof(featureCount), featureCount,
                $"counts of all pairs are kept for 1 to {MostFeatures:N0} features; more are streamed (CooccurrenceNeighbors)");
        }
        FeatureCount = featureCount;
        triangle = (int*)NativeMemory.AllocZeroed((nuint)RowStart(featureCount, featureCount), sizeof(int));
        GC.AddMemoryPressure(Bytes);
    }

    /// <summary>Frees the counts of who forgot to dispose them.</summary>
    ~CooccurrenceCounts() => Release();

    /// <summary>Features counted.</summary>
    public int FeatureCount { get; }

    /// <summary>Blocks seen, T.</summary>
    public long Blocks { get; private set; }

    /// <summary>Features that fire in some blocks and not in all: those for which every affinity is defined.</summary>
    public int[] LiveFeatures => [.. Enumerable.Range(0, FeatureCount).Where(feature => CountOf(feature) is var count && count > 0 && count < Blocks)];

    /// <summary>Features that fire in no block.</summary>
    public int[] NeverFiring => [.. Enumerable.Range(0, FeatureCount).Where(feature => CountOf(feature) == 0)];

    /// <summary>Features that fire in every block, where there are blocks.</summary>
    public int[] AlwaysFiring => [.. Enumerable.Range(0, FeatureCount).Where(feature => Blocks > 0 && CountOf(feature) == Blocks)];

    private long Bytes => RowStart(FeatureCount, FeatureCount) * sizeof(int);

    private int* Triangle => triangle is null ? throw new ObjectDisposedException(nameof(CooccurrenceCounts)) : triangle;

    /// <summary>Blocks in which both features fire, n_ij; with the same feature twice n_i.</summary>
    public int this[int first, int second]
    {
        get
        {
            if ((uint)first >= (uint)FeatureCount || (uint)second >= (uint)FeatureCount)
                throw new ArgumentOutOfRangeException(nameof(first), $"features {first} and {second} of {FeatureCount:N0}");
            return first <= second ? Triangle[RowStart(first, FeatureCount) + second - first] : Triangle[RowStart(second, FeatureCount) + first - second];
        }
    }

    /// <summary>Blocks in which a feature fires, n_i.</summary>
    public int CountOf(int feature) => this[feature, feature];

    /// <summary>The affinity of two features.</summary>
    public double Affinity(CooccurrenceAffinity affinity, int first, int second) =>
        affinity.Of(Blocks, CountOf(first), CountOf(second), this[first, second]);

    /// <summary>No block seen, for as many features.</summary>
    public CooccurrenceCounts Empty() => new(FeatureCount);

    /// <summary>Takes in blocks. Exact, and the same whatever the number of threads.</summary>
    /// <param name="blocks">Blocks of as many features.</param>
    /// <param name="threads">Threads; 0 takes all processors.</param>
    /// <param name="progress">Told the blocks done.</param>
    /// <param name="cancellation">Ends the counting; the counts are then of no use.</param>
    public void Observe(FeatureBlocks blocks, int threads = 0, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        if (blocks.FeatureCount != FeatureCount) throw new ArgumentException($"blocks of {blocks.FeatureCount} features, the counts have {FeatureCount}", nameof(blocks));
        if (Blocks + blocks.Count > int.MaxValue) throw new ArgumentException($"{Blocks + blocks.Count:N0} blocks; at most {int.MaxValue:N0} are counted", nameof(blocks));
        for (long first = 0; first < blocks.Count;)
        {
            int count = 1;
            long start = blocks.RangeOf(first).Start;
            while (count < CooccurrenceBatch.MostBlocks && first + count < blocks.Count && blocks.RangeOf(first + count).End - start <= CooccurrenceBatch.MostFirings) count++;
            using CooccurrenceBatch batch = new(blocks, first, count);
            int workers = Workers.Count(threads, batch.TileCount), next = -1;
            int* counts = Triangle;
            Workers.Run(workers, _ =>
            {
                ushort* counters = (ushort*)NativeMemory.AlignedAlloc((nuint)FeatureCount * sizeof(ushort), 64);
                NativeMemory.Clear(counters, (nuint)FeatureCount * sizeof(ushort));
                try
                {
                    for (int tile = Interlocked.Increment(ref next); tile < batch.TileCount; tile = Interlocked.Increment(ref next))
                    {
                        cancellation.ThrowIfCancellationRequested();
                        batch.Add(tile, counts, counters);
                    }
                }
                finally
                {
                    NativeMemory.AlignedFree(counters);
                }
            });
            first += count;
            Blocks += count;
            progress?.Report(Blocks);
        }
    }

    /// <summary>Takes in the counts of other blocks.</summary>
    public void Combine(CooccurrenceCounts later)
    {
        if (later.FeatureCount != FeatureCount) throw new ArgumentException($"counts of {later.FeatureCount} features, these have {FeatureCount}", nameof(later));
        if (Blocks + later.Blocks > int.MaxValue) throw new ArgumentException($"{Blocks + later.Blocks:N0} blocks; at most {int.MaxValue:N0} are counted", nameof(later));
        int* mine = Triangle, others = later.Triangle;
        long length = RowStart(FeatureCount, FeatureCount);
        for (long i = 0; i < length; i++) mine[i] += others[i];
        Blocks += later.Blocks;
    }

    /// <summary>Sum, trace, non-zeros and hash of the whole symmetric matrix n_ij, by which two counts are compared.</summary>
    public CooccurrenceTotals Totals()
    {
        long sum = 0, trace = 0, nonZeros = 0;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long[] row = ArrayPool<long>.Shared.Rent(FeatureCount);
        for (int i = 0; i < FeatureCount; i++)
        {
            for (int j = 0; j < FeatureCount; j++)
            {
                long count = this[i, j];
                row[j] = count;
                sum += count;
                if (count != 0) nonZeros++;
            }
            trace += row[i];
            hash.AppendData(MemoryMarshal.AsBytes(row.AsSpan(0, FeatureCount)));
        }
        ArrayPool<long>.Shared.Return(row);
        return new(Blocks, FeatureCount, sum, trace, nonZeros, System.Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>The features nearest to one by an affinity, best first, ties by the number of the feature; only such as fire in some block.</summary>
    /// <param name="feature">The feature.</param>
    /// <param name="affinity">The affinity.</param>
    /// <param name="count">How many.</param>
    public CooccurringFeature[] Neighbors(int feature, CooccurrenceAffinity affinity, int count)
    {
        long mine = CountOf(feature);
        return
        [
            .. Enumerable.Range(0, FeatureCount).Where(other => other != feature && CountOf(other) > 0)
                .Select(other => new CooccurringFeature(other, affinity.Of(Blocks, mine, CountOf(other), this[feature, other]), this[feature, other], CountOf(other)))
                .OrderByDescending(other => other.Affinity).ThenBy(other => other.Feature).Take(count),
        ];
    }

    /// <summary>Writes the counts.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(StateName);
        writer.Write(FeatureCount);
        writer.Write(Blocks);
        for (int row = 0; row < FeatureCount; row++) writer.Write(MemoryMarshal.AsBytes(Row(row)));
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such state.</exception>
    public static CooccurrenceCounts Read(BinaryReader reader)
    {
        string name = reader.ReadString();
        if (name != StateName) throw new InvalidDataException($"'{name}' is not '{StateName}'");
        int featureCount = reader.ReadInt32();
        long blocks = reader.ReadInt64();
        if (featureCount is < 1 or > MostFeatures || blocks is < 0 or > int.MaxValue) throw new InvalidDataException($"counts of {featureCount} features in {blocks} blocks");
        CooccurrenceCounts counts = new(featureCount) { Blocks = blocks };
        try
        {
            for (int row = 0; row < featureCount; row++)
            {
                Span<int> values = counts.Row(row);
                reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values));
                foreach (int value in values)
                {
                    if (value < 0 || value > values[0] || values[0] > blocks) throw new InvalidDataException($"a count of {value} in row {row}, whose feature fires in {values[0]} of {blocks} blocks");
                }
            }
            return counts;
        }
        catch (EndOfStreamException damage)
        {
            counts.Dispose();
            throw new InvalidDataException("the counts end too early", damage);
        }
        catch
        {
            counts.Dispose();
            throw;
        }
    }

    /// <summary>Frees the counts.</summary>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    /// <summary>Where a row starts in the triangle: after those before it, of n, n - 1, n - 2 ... counts.</summary>
    internal static long RowStart(int row, int featureCount) => ((long)row * featureCount) - ((long)row * (row - 1) / 2);

    /// <summary>The counts of a feature with itself and those after it.</summary>
    internal Span<int> Row(int row) => new(Triangle + RowStart(row, FeatureCount), FeatureCount - row);

    private void Release()
    {
        if (triangle is null) return;
        NativeMemory.Free(triangle);
        triangle = null;
        GC.RemoveMemoryPressure(Bytes);
    }
}

/// <summary>What identifies a matrix of counts.</summary>
/// <param name="Blocks">Blocks counted.</param>
/// <param name="FeatureCount">Features.</param>
/// <param name="Sum">Sum of all n_ij.</param>
/// <param name="Trace">Sum of all n_i.</param>
/// <param name="NonZeros">Pairs (i, j), both orders, the diagonal too, with n_ij > 0.</param>
/// <param name="Sha256">SHA-256 of the matrix as little-endian int64, row by row.</param>
public sealed record CooccurrenceTotals(long Blocks, int FeatureCount, long Sum, long Trace, long NonZeros, string Sha256);
