namespace VecStore.Analysis;

/// <summary>
/// Looks for parallelograms and trapezoids among differences of pairs of rows: all pairs of differences are compared, in blocks.
/// The null (<see cref="CrystalNull"/>) has directions of its own at the lengths of the real differences; a cloud that is long in some directions makes parallel differences by chance
/// there too. Approximate in one thing: in Gaussian nulls differences of pairs that share a row are independent.
/// Work: (2 + draws) x m^2 d / 2 for m differences; memory 8 m d bytes.
/// </summary>
public static class CrystalSearch
{
    internal const int Bins = 4_096;

    /// <summary>Looks for crystals.</summary>
    /// <exception cref="ArgumentException">Fewer than two differences.</exception>
    public static CrystalReport Run(PairDifferences differences, CrystalOptions? options = null, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        options ??= new();
        INullDifferences nulls = (options.Null ?? differences.NaturalNull) == CrystalNull.RandomPairs
            ? new RandomPairDifferences(differences.Rows, differences.Pairs, null) : new GaussianDifferences(differences.Vectors, differences.Dimension);
        CrystalReport report = Run(differences.Vectors, differences.Dimension, differences.Pairs, nulls, options, progress, cancellation);
        float[] a = new float[differences.Dimension], b = new float[differences.Dimension];
        return report with
        {
            Differences = differences,
            Crystals = [.. report.Crystals.Select(crystal => crystal with { SideRatio = SideRatio(crystal) })],
        };

        double SideRatio(Crystal crystal)
        {
            (int from, int to) = differences.Pairs[crystal.First];
            (int otherFrom, int otherTo) = differences.Pairs[crystal.Second];
            if (crystal.Turned) otherFrom = otherTo;
            differences.Rows.Read(from, a);
            differences.Rows.Read(otherFrom, b);
            double side = 0, first = Length(differences[crystal.First]), second = Length(differences[crystal.Second]);
            for (int k = 0; k < a.Length; k++) side += ((double)a[k] - b[k]) * ((double)a[k] - b[k]);
            return Math.Sqrt(side) / ((first + second) / 2);
        }
    }

    internal static CrystalReport Run(
        ReadOnlyMemory<float> vectors, int dimension, IReadOnlyList<(int From, int To)> pairs, INullDifferences nulls, CrystalOptions options, IProgress<long>? progress,
        CancellationToken cancellation)
    {
        if (pairs.Count < 2) throw new ArgumentException($"{pairs.Count} differences: crystals are made of two", nameof(pairs));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.NullDraws, 19);
        using DifferencePairs data = new(vectors, dimension, pairs, options);
        long[] found = data.Histogram(cancellation);
        progress?.Report(1);
        double[] lengths = [.. Enumerable.Range(0, pairs.Count).Select(i => Length(vectors.Span.Slice(i * dimension, dimension)))];
        long[] expected = new long[Bins];
        double[] best = new double[options.NullDraws];
        for (int draw = 0; draw < options.NullDraws; draw++)
        {
            using DifferencePairs random = new(nulls.Draw(lengths, options.Seed, draw, options.Threads), dimension, pairs, options);
            long[] counts = random.Histogram(cancellation);
            for (int bin = 0; bin < Bins; bin++) expected[bin] += counts[bin];
            best[draw] = (Array.FindLastIndex(counts, count => count > 0) + 1.0) / Bins;
            progress?.Report(2 + draw);
        }

        // The lowest score from which on chance gives at most the allowed share; one more draw than there were counts as a find by chance.
        int threshold = Bins;
        long foundAbove = 0, expectedAbove = 0, found0 = 0, expected0 = 0;
        for (int bin = Bins - 1; bin >= 0; bin--)
        {
            found0 += found[bin];
            expected0 += expected[bin];
            if (found0 > 0 && (expected0 + 1.0) / options.NullDraws <= options.FalseDiscoveryRate * found0) (threshold, foundAbove, expectedAbove) = (bin, found0, expected0);
        }
        List<Crystal> crystals = threshold < Bins ? data.Above(threshold, options.Most, cancellation) : [];
        progress?.Report(2 + options.NullDraws);
        return new()
        {
            Shape = options.Shape,
            Compared = found.Sum(),
            Threshold = threshold < Bins ? (double)threshold / Bins : null,
            Found = foundAbove,
            ExpectedByChance = (double)expectedAbove / options.NullDraws,
            Best = NullTest.Of((Array.FindLastIndex(found, count => count > 0) + 1.0) / Bins, best, options.Seed, nulls.Description),
            FalseDiscoveryRate = options.FalseDiscoveryRate,
            Crystals = crystals,
            Pairs = pairs.Count,
        };
    }

    internal static double Length(ReadOnlySpan<float> vector)
    {
        double squared = 0;
        foreach (float x in vector) squared += (double)x * x;
        return Math.Sqrt(squared);
    }
}
