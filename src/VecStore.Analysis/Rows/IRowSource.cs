namespace VecStore.Analysis;

/// <summary>Rows of vectors that are read a block at a time, decoded to float32. Reading is safe from several threads at once.</summary>
public interface IRowSource
{
    /// <summary>Number of rows.</summary>
    int Count { get; }

    /// <summary>Elements per row.</summary>
    int Dimension { get; }

    /// <summary>Rows of each part that never changes by itself, in order: the segments of a snapshot. Scans make one state for each part and combine these.</summary>
    IReadOnlyList<int> PartRows => [Count];

    /// <summary>
    /// Names a part so that another part of the same name has the same rows for ever, or null where that cannot be promised. Partial results are kept under it.
    /// </summary>
    string? IdentityOfPart(int part) => null;

    /// <summary>Decodes consecutive rows, beginning with row <paramref name="first"/>.</summary>
    /// <param name="first">The first row wanted, 0-based.</param>
    /// <param name="destination">Receives destination.Length / Dimension whole rows, one after the other.</param>
    void Read(int first, Span<float> destination);
}

/// <summary>Rows that also have keys: words, feature names, or numbers written as text.</summary>
public interface IKeyedRows : IRowSource
{
    /// <summary>Finds the row of a key.</summary>
    bool TryFind(string key, out int row);

    /// <summary>The key of a row.</summary>
    string KeyOf(int row);
}
