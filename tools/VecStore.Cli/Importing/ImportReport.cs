namespace VecStore.Cli.Importing;

/// <summary>What an import found and did; also its JSON document.</summary>
internal sealed record ImportReport
{
    public required string Source { get; init; }

    public required string Format { get; init; }

    public required int Dimension { get; init; }

    public required string StoredElement { get; init; }

    /// <summary>Rows the file says it has; null where only reading tells.</summary>
    public required long? SourceRows { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public required string Collection { get; init; }

    public required string Metric { get; init; }

    public required string Element { get; init; }

    public required string KeyKind { get; init; }

    public required IReadOnlyList<string> Fields { get; init; }

    public bool DryRun { get; init; }

    /// <summary>The same source was imported before; nothing was done.</summary>
    public bool AlreadyImported { get; init; }

    /// <summary>Rows that an earlier, stopped import of the same source had read already.</summary>
    public long ResumedAt { get; init; }

    /// <summary>Rows read this time.</summary>
    public long RowsRead { get; init; }

    /// <summary>Rows that appeared in the collection.</summary>
    public long RowsImported { get; init; }

    /// <summary>Of these, how many took the place of a row that was there before.</summary>
    public long RowsReplaced { get; init; }

    /// <summary>Rows left out because their key came twice in the source.</summary>
    public long Duplicates { get; init; }

    /// <summary>Rows left out because they hold a NaN or an infinity.</summary>
    public long InvalidSkipped { get; init; }

    /// <summary>Rows read this time that could not be normalized: all their elements are 0.</summary>
    public long ZeroRows { get; init; }

    public double ReadSeconds { get; init; }

    public double PublishSeconds { get; init; }

    /// <summary>Rows read a second, without the building of the graph.</summary>
    public double RowsPerSecondRead { get; init; }

    /// <summary>Rows imported a second, from the first row read to the last link of the graph.</summary>
    public double RowsPerSecond { get; init; }
}
