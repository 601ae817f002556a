namespace VecStore.Analysis;

/// <summary>
/// Counts of values in bins whose edges grow by 1 %: quantiles to 0.5 % of their own size (DDSketch, Masson, Rim and Lee 2019), approximate by name. Combining
/// adds whole numbers, so any order gives the same. At most some 36,000 bins; about 1,500 for numbers between 1e-6 and 1e6 of one sign.
/// </summary>
public sealed class QuantileSketch
{
    private const double Growth = 1.01;
    private static readonly double LogGrowth = Math.Log(Growth);
    private readonly SortedDictionary<int, long> positive = [], negative = [];
    private long zeros;

    /// <summary>The relative error of a quantile.</summary>
    public const double RelativeError = 0.005;

    /// <summary>Values taken in.</summary>
    public long Count { get; private set; }

    /// <summary>Takes in a finite value.</summary>
    public void Add(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentException($"{value} has no place among quantiles", nameof(value));
        Count++;
        if (value == 0)
        {
            zeros++;
            return;
        }
        SortedDictionary<int, long> bins = value > 0 ? positive : negative;
        int bin = (int)Math.Ceiling(Math.Log(Math.Abs(value)) / LogGrowth);
        bins[bin] = bins.GetValueOrDefault(bin) + 1;
    }

    /// <summary>Adds the counts of another sketch.</summary>
    public void Combine(QuantileSketch other)
    {
        foreach ((int bin, long count) in other.positive) positive[bin] = positive.GetValueOrDefault(bin) + count;
        foreach ((int bin, long count) in other.negative) negative[bin] = negative.GetValueOrDefault(bin) + count;
        zeros += other.zeros;
        Count += other.Count;
    }

    /// <summary>A value with about that share of the values below it. NaN when there are none.</summary>
    public double ApproximateQuantile(double probability)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1);
        if (Count == 0) return double.NaN;
        long rank = (long)(probability * (Count - 1));
        foreach ((int bin, long count) in negative.Reverse())
            if ((rank -= count) < 0) return -Middle(bin);
        if ((rank -= zeros) < 0) return 0;
        foreach ((int bin, long count) in positive)
            if ((rank -= count) < 0) return Middle(bin);
        return positive.Count > 0 ? Middle(positive.Keys.Last()) : 0;
    }

    internal void Write(BinaryWriter writer)
    {
        writer.Write(zeros);
        foreach (SortedDictionary<int, long> bins in new[] { positive, negative })
        {
            writer.Write(bins.Count);
            foreach ((int bin, long count) in bins)
            {
                writer.Write(bin);
                writer.Write(count);
            }
        }
    }

    internal static QuantileSketch Read(BinaryReader reader)
    {
        QuantileSketch sketch = new() { zeros = reader.ReadInt64() };
        sketch.Count = sketch.zeros;
        foreach (SortedDictionary<int, long> bins in new[] { sketch.positive, sketch.negative })
        {
            int binCount = reader.ReadInt32();
            for (int i = 0; i < binCount; i++)
            {
                int number = reader.ReadInt32();
                long count = reader.ReadInt64();
                if (count < 1 || !bins.TryAdd(number, count)) throw new InvalidDataException("a quantile sketch with a bin that makes no sense");
                sketch.Count += count;
            }
        }
        return sketch;
    }

    private static double Middle(int bin) => 2 * Math.Pow(Growth, bin) / (Growth + 1);
}
