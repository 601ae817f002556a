namespace VecStore.Analysis;

/// <summary>A column of a <see cref="ResultTable"/>.</summary>
/// <param name="Name">In snake case: the JSON property and the CSV header.</param>
/// <param name="Type">string, bool, int, long, float, double, an enumeration, or <c>IReadOnlyList</c> of one of these. Cells may be null.</param>
/// <param name="Unit">The unit of the numbers, for example "nats"; null where they have none.</param>
public sealed record ResultColumn(string Name, Type Type, string? Unit = null);

/// <summary>A single figure of a result: rows_seen, exact, seed, null, p.</summary>
/// <param name="Name">In snake case: the JSON property.</param>
/// <param name="Value">As in a cell of a table, or a list of facts, which makes an object of its own; null where there is none.</param>
/// <param name="Unit">The unit of the number.</param>
public sealed record ResultFact(string Name, object? Value, string? Unit = null)
{
    /// <summary>A p-value with what it is made of: p, hits, draws, seed and null, as one object.</summary>
    /// <param name="name">Name of the object.</param>
    /// <param name="test">The figure and its null.</param>
    public static ResultFact Of(string name, NullTest test)
        => new(name, new ResultFact[]
        {
            new("observed", test.Observed), new("null_mean", test.NullMean), new("null_deviation", test.NullDeviation), new("effect", test.Effect), new("z", test.Z),
            new("p", test.Draws > 0 ? test.PValue : null), new("hits", test.Hits), new("draws", test.Draws), new("seed", test.Seed), new("null", test.Null),
        });

    /// <summary>An interval with its level, draws and seed, as one object.</summary>
    /// <param name="name">Name of the object.</param>
    /// <param name="interval">The estimate and its ends.</param>
    public static ResultFact Of(string name, Interval interval)
        => new(name, new ResultFact[]
        {
            new("estimate", interval.Estimate), new("low", interval.Low), new("high", interval.High), new("level", interval.Level), new("draws", interval.Draws),
            new("seed", interval.Seed),
        });
}
