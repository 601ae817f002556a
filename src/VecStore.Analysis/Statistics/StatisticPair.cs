namespace VecStore.Analysis;

/// <summary>Two statistics that share one pass. A pair is a statistic, so three are a pair of a pair.</summary>
/// <typeparam name="TFirst">The first statistic.</typeparam>
/// <typeparam name="TFirstResult">Its result.</typeparam>
/// <typeparam name="TSecond">The second statistic.</typeparam>
/// <typeparam name="TSecondResult">Its result.</typeparam>
public sealed class StatisticPair<TFirst, TFirstResult, TSecond, TSecondResult>(TFirst first, TSecond second)
    : IStatistic<StatisticPair<TFirst, TFirstResult, TSecond, TSecondResult>, (TFirstResult First, TSecondResult Second)>
    where TFirst : IStatistic<TFirst, TFirstResult>
    where TSecond : IStatistic<TSecond, TSecondResult>
{
    /// <inheritdoc/>
    public static string StateName => $"({TFirst.StateName}, {TSecond.StateName})";

    /// <inheritdoc/>
    public static bool DependsOnRowNumbers => TFirst.DependsOnRowNumbers || TSecond.DependsOnRowNumbers;

    /// <inheritdoc/>
    public StatisticPair<TFirst, TFirstResult, TSecond, TSecondResult> Empty() => new(first.Empty(), second.Empty());

    /// <inheritdoc/>
    public void Observe(RowBatch rows)
    {
        first.Observe(rows);
        second.Observe(rows);
    }

    /// <inheritdoc/>
    public void Combine(StatisticPair<TFirst, TFirstResult, TSecond, TSecondResult> later)
    {
        first.Combine(later.First);
        second.Combine(later.Second);
    }

    /// <inheritdoc/>
    public (TFirstResult First, TSecondResult Second) Finish() => (first.Finish(), second.Finish());

    /// <inheritdoc/>
    public void Write(BinaryWriter writer)
    {
        first.Write(writer);
        second.Write(writer);
    }

    /// <inheritdoc/>
    public static StatisticPair<TFirst, TFirstResult, TSecond, TSecondResult> Read(BinaryReader reader) => new(TFirst.Read(reader), TSecond.Read(reader));

    private TFirst First => first;

    private TSecond Second => second;
}
