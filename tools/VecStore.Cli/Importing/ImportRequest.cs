using VecStore.Formats;

namespace VecStore.Cli.Importing;

/// <summary>What is to be imported and how. What is left unsaid follows from the file and from the collection that is there.</summary>
/// <param name="Source">The file of vectors.</param>
/// <param name="Collection">The name of the collection.</param>
internal sealed record ImportRequest(string Source, string Collection)
{
    public SourceOptions Read { get; init; } = new();

    public Metric? Metric { get; init; }

    public ElementType? Element { get; init; }

    public KeyKind? KeyKind { get; init; }

    public DuplicateKeys? Duplicates { get; init; }

    /// <summary>Rows with a NaN or an infinity are left out and counted, instead of refused.</summary>
    public bool SkipInvalid { get; init; }

    public long? Limit { get; init; }

    public Shard? Shard { get; init; }

    /// <summary>The key of the source's first row, where rows have no keys of their own.</summary>
    public long FirstKey { get; init; }

    /// <summary>Import although the same source was imported before.</summary>
    public bool Force { get; init; }

    /// <summary>A collection that is there, empty and of another schema, is made anew instead of refused.</summary>
    public bool ReplaceEmpty { get; init; }

    /// <summary>Rows are stored with length 1; rows of zeros stay as they are, and are counted.</summary>
    public bool Normalize { get; init; }

    /// <summary>M or efConstruction were asked for: they count only while the collection is made.</summary>
    public bool IndexStated { get; init; }

    /// <summary>Rows after which what was read is safe from being read again; 0 lets the row size decide.</summary>
    public int CheckpointRows { get; init; }
}

/// <summary>The i-th of n nearly equal parts of a source, counted from 1.</summary>
internal readonly record struct Shard(int Index, int Count)
{
    public static Shard Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length == 2 && int.TryParse(parts[0], out int index) && int.TryParse(parts[1], out int count) && index >= 1 && index <= count)
            return new Shard(index, count);
        throw new MistakeException($"--shard {text} is not possible: i/n with i from 1 to n is needed, 2/4 for the second of four parts.");
    }

    public long First(long rows) => (long)((Int128)rows * (Index - 1) / Count);

    public long End(long rows) => (long)((Int128)rows * Index / Count);

    public override string ToString() => $"{Index}/{Count}";
}
