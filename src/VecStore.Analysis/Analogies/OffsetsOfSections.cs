namespace VecStore.Analysis;

/// <summary>
/// 3CosAvg on a question file: for each target pair (c, d) the mean of b - a over the section's other pairs, unit rows. The pair asked about is left out,
/// or the answer would be in the offset.
/// </summary>
internal sealed class OffsetsOfSections
{
    private readonly AnalogyBatch batch;
    private readonly Dictionary<int, HashSet<(int From, int To)>> pairs = [];
    private readonly Dictionary<int, double[]> sums = [];
    private readonly Dictionary<(int Section, int From, int To), int> queries = [];

    public OffsetsOfSections(AnalogyBatch batch, IEnumerable<(int Section, int A, int B, int C, int D)> questions)
    {
        this.batch = batch;
        foreach ((int section, int a, int b, int c, int d) in questions)
        {
            if (!pairs.TryGetValue(section, out HashSet<(int, int)>? members)) pairs.Add(section, members = []);
            members.Add((a, b));
            members.Add((c, d));
        }
        foreach ((int section, HashSet<(int From, int To)> members) in pairs)
        {
            double[] sum = new double[batch.Rows.Dimension];
            foreach ((int from, int to) in members.Order()) Add(sum, from, to, 1);
            sums.Add(section, sum);
        }
    }

    /// <summary>The query row of the section's mean offset without one pair.</summary>
    public int Without(int section, int from, int to)
    {
        if (queries.TryGetValue((section, from, to), out int query)) return query;
        double[] sum = (double[])sums[section].Clone();
        Add(sum, from, to, -1);
        int others = Math.Max(1, pairs[section].Count - 1);
        query = batch.AddVector([.. sum.Select(value => (float)(value / others))]);
        queries.Add((section, from, to), query);
        return query;
    }

    private void Add(double[] sum, int from, int to, int sign)
    {
        ReadOnlySpan<float> a = batch.Query(batch.AddRow(from)), b = batch.Query(batch.AddRow(to));
        for (int k = 0; k < sum.Length; k++) sum[k] += sign * ((double)b[k] - a[k]);
    }
}
