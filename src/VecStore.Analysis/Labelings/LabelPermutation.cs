using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Labels that change places at random, all of them or only among rows of one stratum.</summary>
internal sealed class LabelPermutation
{
    private readonly int[] labels;
    private readonly int[][]? groups;

    /// <param name="labels">The labels of some rows.</param>
    /// <param name="rows">Which rows these are.</param>
    /// <param name="strata">Labels change places only among rows of one stratum; a row that is left out keeps its label. Null: among all.</param>
    public LabelPermutation(int[] labels, int[] rows, Labeling? strata)
    {
        this.labels = labels;
        if (strata is null)
        {
            Description = "labels permuted";
            return;
        }
        groups = [.. Enumerable.Range(0, rows.Length).Where(i => strata[rows[i]] >= 0).GroupBy(i => strata[rows[i]]).OrderBy(group => group.Key).Select(group => group.ToArray())];
        Description = string.Create(CultureInfo.InvariantCulture, $"labels permuted within {groups.Length} strata ({strata.Provenance})");
    }

    public string Description { get; }

    public int[] Shuffled(SeededRandom random)
    {
        int[] shuffled = (int[])labels.Clone();
        if (groups is null)
        {
            random.Shuffle(shuffled.AsSpan());
            return shuffled;
        }
        foreach (int[] group in groups)
        {
            int[] values = [.. group.Select(i => labels[i])];
            random.Shuffle(values.AsSpan());
            for (int i = 0; i < group.Length; i++) shuffled[group[i]] = values[i];
        }
        return shuffled;
    }

    /// <summary>A figure of each draw; draw i has its own stream, so any thread may take it.</summary>
    public double[] Draw(int draws, ulong seed, int threads, Func<int[], double> figure, CancellationToken cancellation)
    {
        double[] figures = new double[draws];
        int parts = Workers.Count(threads, draws);
        Workers.Run(parts, part =>
        {
            for (int draw = part; draw < draws; draw += parts)
            {
                cancellation.ThrowIfCancellationRequested();
                figures[draw] = figure(Shuffled(new(seed, "permuted labels", draw)));
            }
        });
        return figures;
    }
}
