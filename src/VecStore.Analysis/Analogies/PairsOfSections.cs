namespace VecStore.Analysis;

/// <summary>
/// Methods that learn from all pairs of a section, on a question file: for each target pair (c, d) the mean of b - a (3CosAvg) or the regression (LRCos) over the section's
/// other pairs, unit rows. The pair asked about is left out, or the answer would be in what is learned.
/// </summary>
internal sealed class PairsOfSections
{
    private readonly AnalogyBatch batch;
    private readonly Dictionary<int, HashSet<(int From, int To)>> pairs = [];
    private readonly Dictionary<int, double[]> sums = [];
    private readonly Dictionary<(int Section, int From, int To), int> offsets = [];
    private readonly Dictionary<(int Section, int From, int To), (int Query, double Intercept)> regressions = [];

    public PairsOfSections(AnalogyBatch batch, IReadOnlyList<(int Section, int A, int B, int C, int D)> questions)
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
    public int OffsetWithout(int section, int from, int to)
    {
        if (offsets.TryGetValue((section, from, to), out int query)) return query;
        double[] sum = (double[])sums[section].Clone();
        Add(sum, from, to, -1);
        int others = Math.Max(1, pairs[section].Count - 1);
        query = batch.AddVector([.. sum.Select(value => (float)(value / others))]);
        offsets.Add((section, from, to), query);
        return query;
    }

    /// <summary>Fits the regressions that the questions need, one for each target pair, on several threads.</summary>
    public void FitRegressions(IEnumerable<(int Section, int From, int To)> targets, int threads, CancellationToken cancellation)
    {
        (int Section, int From, int To)[] wanted = [.. targets.Distinct()];
        LogisticProbe?[] probes = new LogisticProbe?[wanted.Length];
        int next = -1;
        Workers.Run(Workers.Count(threads, wanted.Length), _ =>
        {
            while (Interlocked.Increment(ref next) is int i && i < wanted.Length)
            {
                cancellation.ThrowIfCancellationRequested();
                (int From, int To)[] others = [.. pairs[wanted[i].Section].Where(pair => pair != (wanted[i].From, wanted[i].To)).Order()];
                if (others.Length >= 2) probes[i] = LogisticAnalogy.Fit(batch.Rows, batch.Candidates, others);
            }
        });
        for (int i = 0; i < wanted.Length; i++)
        {
            // Too few pairs make no class: every candidate is as likely.
            float[] weights = probes[i] is { } probe ? [.. probe.Weights.Select(w => (float)w)] : new float[batch.Rows.Dimension];
            regressions.Add(wanted[i], (batch.AddVector(weights), probes[i]?.Intercept ?? 0));
        }
    }

    /// <summary>The query row of the weights, and the intercept, without one pair.</summary>
    public (int Query, double Intercept) RegressionWithout(int section, int from, int to) => regressions[(section, from, to)];

    private void Add(double[] sum, int from, int to, int sign)
    {
        ReadOnlySpan<float> a = batch.Query(batch.AddRow(from)), b = batch.Query(batch.AddRow(to));
        for (int k = 0; k < sum.Length; k++) sum[k] += sign * ((double)b[k] - a[k]);
    }
}
