namespace VecStore;

/// <summary>What a bulk load does with a key that it has seen before in the same load.</summary>
public enum DuplicateKeys
{
    /// <summary>The last row of a key counts, as with upserts.</summary>
    KeepLast = 0,

    /// <summary>The first row of a key counts, as gensim has it for word vectors. Holds the keys in memory.</summary>
    KeepFirst = 1,

    /// <summary>A second row of a key is an error. Holds the keys in memory.</summary>
    Refuse = 2,
}

/// <summary>How a bulk load works.</summary>
public sealed record BulkLoadOptions
{
    /// <summary>
    /// What is loaded, told so that it is the same next time (a path, length and date, say). A load with a source that was broken off goes on where it
    /// stopped; one that was published is noted in the store (<see cref="BulkLoad.IsAlreadyPublished"/>). Null: nothing is kept of a load that is
    /// broken off.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>What happens when a key comes twice.</summary>
    public DuplicateKeys Duplicates { get; init; } = DuplicateKeys.KeepLast;

    /// <summary>Rows after which what was appended is flushed to the disk, so that a load that is broken off can go on there. 0 chooses about 128 MB.</summary>
    public int CheckpointRows { get; init; }
}

/// <summary>What a bulk load did.</summary>
/// <param name="Rows">Rows that appeared in the collection.</param>
/// <param name="Replaced">Of these, how many took the place of a row that was there before.</param>
/// <param name="Duplicates">Rows that were left out because their key came twice.</param>
public sealed record BulkLoadReport(long Rows, long Replaced, long Duplicates);
