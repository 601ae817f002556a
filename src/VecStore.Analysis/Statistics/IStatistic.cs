namespace VecStore.Analysis;

/// <summary>
/// A mergeable statistic: map rows into a small state, combine states in row order, finish. It sees no thread, segment or file.
/// Combining is not commutative in its bits; <see cref="Scan"/> combines along a fixed tree over the row numbers.
/// </summary>
/// <typeparam name="TSelf">The statistic itself.</typeparam>
/// <typeparam name="TResult">What it says in the end.</typeparam>
public interface IStatistic<TSelf, TResult> where TSelf : IStatistic<TSelf, TResult>
{
    /// <summary>Names the state in a file of partials, with its version: "covariance 1".</summary>
    static abstract string StateName { get; }

    /// <summary>
    /// True when the state holds row numbers or depends on them (<see cref="RowBatch.First"/>): then it cannot be kept for a segment, whose rows may be numbered otherwise next time.
    /// </summary>
    static virtual bool DependsOnRowNumbers => false;

    /// <summary>A state that has seen no row, for the same shape: the identity of <see cref="Combine"/>.</summary>
    TSelf Empty();

    /// <summary>Takes rows into the state. The rows are borrowed for the call.</summary>
    void Observe(RowBatch rows);

    /// <summary>Takes in the state of rows that follow these.</summary>
    void Combine(TSelf later);

    /// <summary>The result over the rows seen. Leaves the state as it is.</summary>
    TResult Finish();

    /// <summary>Writes the state, every bit of it.</summary>
    void Write(BinaryWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such state.</exception>
    static abstract TSelf Read(BinaryReader reader);
}
