namespace VecStore.Analysis;

/// <summary>The small questions that users of word vectors know from gensim, with its definitions.</summary>
public static class KeyedQueries
{
    /// <summary>Cosine of two keys.</summary>
    public static double Similarity(this IKeyedRows rows, string first, string second)
        => DoubleVectors.Cosine(RowKeys.Vector(rows, first), RowKeys.Vector(rows, second));

    /// <summary>Cosine of the mean vectors of two sets of keys (gensim's n_similarity: vectors as stored, not unit).</summary>
    public static double Similarity(this IKeyedRows rows, IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        if (first.Count == 0 || second.Count == 0) throw new ArgumentException("a set of keys is empty", nameof(first));
        return DoubleVectors.Cosine(DoubleVectors.Mean([.. first.Select(key => RowKeys.Vector(rows, key))]), DoubleVectors.Mean([.. second.Select(key => RowKeys.Vector(rows, key))]));
    }

    /// <summary>The keys with their cosine to the mean of all of them at unit length, the odd one first (gensim's doesnt_match).</summary>
    /// <exception cref="ArgumentException">Fewer than three keys, a key twice, or rows that are all as near to their mean: none is the odd one.</exception>
    public static IReadOnlyList<(string Key, double Cosine)> OddOneOut(this IKeyedRows rows, IReadOnlyList<string> keys)
    {
        if (keys.Count < 3) throw new ArgumentException($"of {keys.Count} keys none is the odd one; three are needed", nameof(keys));
        if (keys.GroupBy(key => key, StringComparer.Ordinal).FirstOrDefault(key => key.Count() > 1) is { } twice) throw new ArgumentException($"'{twice.Key}' is named {twice.Count()} times", nameof(keys));
        double[][] units = [.. keys.Select(key => PairwiseCosine.Unit(RowKeys.Vector(rows, key)))];
        double[] mean = DoubleVectors.Mean(units);
        (string Key, double Cosine)[] found = [.. keys.Zip(units, (key, unit) => (key, DoubleVectors.Cosine(unit, mean))).OrderBy(item => item.Item2)];
        return found[^1].Cosine - found[0].Cosine > 1e-7 ? found : throw new ArgumentException("the rows of these keys are all as near to their mean: none is the odd one", nameof(keys));
    }

    /// <summary>Keys nearer to one key than another is, nearest first.</summary>
    public static IReadOnlyList<ScoredKey> CloserThan(this IKeyedRows rows, string key, string than)
    {
        int self = RowKeys.Find(rows, key), other = RowKeys.Find(rows, than);
        float[] cosines = CosinesWith(rows, self);
        return [.. Enumerable.Range(0, rows.Count).Where(row => row != self && row != other && cosines[row] > cosines[other])
            .OrderByDescending(row => cosines[row]).ThenBy(row => row).Select(row => new ScoredKey(rows.KeyOf(row), row, cosines[row]))];
    }

    /// <summary>The place, from 1, of one key among the neighbours of another.</summary>
    public static int Rank(this IKeyedRows rows, string key, string of)
    {
        int self = RowKeys.Find(rows, of), wanted = RowKeys.Find(rows, key);
        float[] cosines = CosinesWith(rows, self);
        int rank = 1;
        for (int row = 0; row < cosines.Length; row++)
            if (row != self && row != wanted && cosines[row] > cosines[wanted]) rank++;
        return rank;
    }

    /// <summary>cos(first, second) over the sum of the cosines of first with its nearest keys (Leeuwenberg et al. 2016); above 1 / count hints at a synonym.</summary>
    public static double RelativeCosine(this IKeyedRows rows, string first, string second, int count = 10)
    {
        float[] vector = new float[rows.Dimension];
        rows.Read(RowKeys.Find(rows, first), vector);
        ScoredKey[] near = NearestRows.Find(rows, [vector], new() { Count = count, Except = [first] })[0];
        return Similarity(rows, first, second) / near.Sum(item => (double)item.Score);
    }

    /// <summary>
    /// Points between two keys with the nearest rows at each, both ends left out of the answers: linear or spherical interpolation of unit rows.
    /// </summary>
    /// <exception cref="ArgumentException">Both ends are the same, or the row of one is zero: there is no way between them.</exception>
    public static IReadOnlyList<IReadOnlyList<ScoredKey>> Path(this IKeyedRows rows, string from, string to, int steps, bool spherical = true, int count = 1)
    {
        if (from == to) throw new ArgumentException($"the way from '{from}' to itself has no points between", nameof(to));
        foreach (string end in new[] { from, to })
            if (DoubleVectors.Norm(RowKeys.Vector(rows, end)) == 0) throw new ArgumentException($"the row of '{end}' is zero: it has no direction", nameof(from));
        double[][] path = DirectionAlgebra.Path(PairwiseCosine.Unit(RowKeys.Vector(rows, from)), PairwiseCosine.Unit(RowKeys.Vector(rows, to)), steps, spherical);
        return NearestRows.Find(rows, [.. path.Select(point => point.Select(x => (float)x).ToArray())], new() { Count = count, Except = [from, to] });
    }

    private static unsafe float[] CosinesWith(IKeyedRows rows, int row)
    {
        float[] unit = UnitRow.Read(rows, row), all = new float[rows.Count];
        fixed (float* query = unit)
        {
            CandidateBlocks.Walk(
                rows, rows.Count, query, 1, 0, () => all, (cosines, products, first, count) => new Span<float>(products, count).CopyTo(cosines.AsSpan(first)), CancellationToken.None);
        }
        return all;
    }
}
