namespace VecStore.Analysis;

/// <summary>
/// The difference vectors of pairs of rows: row of To minus row of From, float32. What crystals are looked for in (Li et al. 2024, "The Geometry of Concepts", section 3).
/// Memory: 4 bytes x dimension for each pair; the makers say how many pairs there may be, and draw that many at random where there are more.
/// </summary>
public sealed class PairDifferences
{
    /// <summary>How many pairs are kept when nothing else is said.</summary>
    public const int DefaultMost = 10_000;

    private readonly float[] vectors;

    private PairDifferences(IKeyedRows rows, IReadOnlyList<(int From, int To)> pairs, long considered, string description, CrystalNull naturalNull = CrystalNull.RandomPairs)
    {
        Rows = rows;
        Pairs = pairs;
        Considered = considered;
        Description = description;
        NaturalNull = naturalNull;
        vectors = new float[checked(pairs.Count * rows.Dimension)];
        float[] from = new float[rows.Dimension];
        for (int i = 0; i < pairs.Count; i++)
        {
            Span<float> difference = vectors.AsSpan(i * rows.Dimension, rows.Dimension);
            rows.Read(pairs[i].To, difference);
            rows.Read(pairs[i].From, from);
            for (int k = 0; k < from.Length; k++) difference[k] -= from[k];
        }
    }

    /// <summary>The rows the pairs are of.</summary>
    public IKeyedRows Rows { get; }

    /// <summary>The pairs, by row numbers.</summary>
    public IReadOnlyList<(int From, int To)> Pairs { get; }

    /// <summary>Pairs there were to choose from; more than <see cref="Count"/> when some were drawn at random.</summary>
    public long Considered { get; }

    /// <summary>How the pairs were made, with the seed where some were drawn.</summary>
    public string Description { get; }

    /// <summary>The null that suits them: random pairs, or for neighbours the differences' own moments.</summary>
    public CrystalNull NaturalNull { get; }

    /// <summary>Pairs.</summary>
    public int Count => Pairs.Count;

    /// <summary>Elements of a difference.</summary>
    public int Dimension => Rows.Dimension;

    /// <summary>The difference of a pair.</summary>
    public ReadOnlySpan<float> this[int pair] => vectors.AsSpan(pair * Dimension, Dimension);

    internal ReadOnlyMemory<float> Vectors => vectors;

    /// <summary>The pairs of a list; a pair of a row with itself has no difference and is left out, as is a pair that came before.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="pairs">Pairs of row numbers.</param>
    /// <param name="given">Pairs of keys that were given, where some had no row.</param>
    public static PairDifferences Of(IKeyedRows rows, IReadOnlyList<(int From, int To)> pairs, int? given = null)
    {
        (int From, int To)[] kept = [.. pairs.Where(pair => pair.From != pair.To).Distinct()];
        int all = given ?? pairs.Count;
        return new(rows, kept, all, kept.Length == all ? $"{all} given pairs" : $"{kept.Length} of {all} given pairs: the others have a key without a row, are of a row with itself, or came before");
    }

    /// <summary>All pairs of rows with the same label.</summary>
    public static PairDifferences WithinGroups(IKeyedRows rows, Labeling groups, int most = DefaultMost, ulong seed = 0)
    {
        if (groups.Count != rows.Count) throw new ArgumentException($"{groups.Count} labels for {rows.Count} rows", nameof(groups));
        int[][] members = [.. Enumerable.Range(0, groups.Names.Count).Select(groups.RowsOf).Where(group => group.Length > 1)];
        long[] before = new long[members.Length + 1];
        for (int g = 0; g < members.Length; g++) before[g + 1] = before[g] + PairsOf(members[g].Length);
        return Drawn(rows, before[^1], most, seed, "pairs within groups", number =>
        {
            int g = Array.BinarySearch(before, number);
            if (g < 0) g = ~g - 1;
            while (before[g + 1] == before[g]) g++;
            (int i, int j) = PairOf(number - before[g]);
            return (members[g][j], members[g][i]);
        });
    }

    /// <summary>Each row with its nearest neighbours, found through the index of the snapshot; a pair found from both sides counts once, from the lower row to the higher.</summary>
    /// <param name="snapshot">A collection at one moment.</param>
    /// <param name="neighbors">Neighbours of each row.</param>
    /// <param name="most">Pairs kept.</param>
    /// <param name="seed">Seed of the draw where there are more.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static PairDifferences AmongNeighbors(Snapshot snapshot, int neighbors, int most = DefaultMost, ulong seed = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbors, 1);
        SnapshotRows rows = new(snapshot);
        HashSet<(int, int)> seen = [];
        Neighbor[] nearest = new Neighbor[neighbors];
        for (int row = 0; row < rows.Count; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            int found = snapshot.SearchLike(snapshot.KeyOf(rows.RowIdOf(row)), nearest);
            for (int i = 0; i < found; i++)
                if (rows.TryFind(snapshot.KeyOf(nearest[i]).ToString(), out int other) && other != row) seen.Add((Math.Min(row, other), Math.Max(row, other)));
        }
        (int From, int To)[] pairs = [.. seen.Order()];
        return Drawn(rows, pairs.Length, most, seed, $"rows with their {neighbors} nearest neighbours", number => pairs[number], CrystalNull.OwnMoments);
    }

    private static PairDifferences Drawn(IKeyedRows rows, long considered, int most, ulong seed, string what, Func<long, (int From, int To)> pairOf, CrystalNull naturalNull = CrystalNull.RandomPairs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        if (considered <= most) return new(rows, [.. Enumerable.Range(0, (int)considered).Select(i => pairOf(i))], considered, $"{what}: all {considered}", naturalNull);
        SeededRandom random = new(seed, "pairs of rows");
        HashSet<long> chosen = [];
        while (chosen.Count < most)
        {
            long high = (long)(random.NextDouble() * considered);
            chosen.Add(Math.Min(high, considered - 1));
        }
        return new(rows, [.. chosen.Order().Select(pairOf)], considered, $"{what}: {most} of {considered} drawn at random, seed {seed}", naturalNull);
    }

    private static long PairsOf(int members) => (long)members * (members - 1) / 2;

    // The number-th of (1,0), (2,0), (2,1), (3,0) ...
    private static (int I, int J) PairOf(long number)
    {
        int i = (int)((1 + Math.Sqrt(1 + 8.0 * number)) / 2);
        while (PairsOf(i) > number) i--;
        while (PairsOf(i + 1) <= number) i++;
        return (i, (int)(number - PairsOf(i)));
    }
}
