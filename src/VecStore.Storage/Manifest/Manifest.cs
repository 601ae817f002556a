namespace VecStore.Storage;

/// <summary>
/// What a store consists of at one moment: its collections and the files that are alive. Files that it does not name are left over from
/// something unfinished, and may be deleted by the writer. Immutable; each publication is a new one with the next generation.
/// </summary>
public sealed record Manifest
{
    /// <summary>Counts the publications; the first is 1.</summary>
    public long Generation { get; init; }

    /// <summary>The collections.</summary>
    public IReadOnlyList<CollectionEntry> Collections { get; init; } = [];

    /// <summary>The id of the next segment or file. Ids are never given twice to files that a manifest names: file names come from them.</summary>
    public long NextSegmentId { get; init; } = 1;

    /// <summary>The id of the next collection.</summary>
    public int NextCollectionId { get; init; } = 1;

    /// <summary>Log records up to this sequence are in segments: replay begins after it.</summary>
    public long LogCheckpoint { get; init; }

    /// <summary>The last sequence when the manifest was written: a log that ends before it has lost records.</summary>
    public long LastSequence { get; init; }
}

/// <summary>A collection in a manifest.</summary>
public sealed record CollectionEntry
{
    /// <summary>Its name, unique in the store.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its id, unique in the store for ever; log records carry it.</summary>
    public int Id { get; init; }

    /// <summary>What it holds.</summary>
    public CollectionSchema Schema { get; init; } = new(Dimension: 1);

    /// <summary>Its segments, oldest first.</summary>
    public IReadOnlyList<SegmentEntry> Segments { get; init; } = [];

    /// <summary>Log records of this collection up to this sequence are in its segments and deletions: replay passes over them.</summary>
    public long SealedThrough { get; init; }

    /// <summary>How graphs over its segments are built.</summary>
    public IndexSettings Index { get; init; } = new();

    /// <summary>Where its rows came from, in order.</summary>
    public IReadOnlyList<ProvenanceEntry> Provenance { get; init; } = [];

    /// <summary>Files that belong to it beside its rows, by names that are unique in the collection. None in a manifest of version 1.</summary>
    public IReadOnlyList<AttachmentEntry> Attachments { get => field ?? []; init; } = [];
}

/// <summary>An attachment in a manifest: a section file that the store keeps, checks and removes with the collection, and whose content another part of the program knows.</summary>
public sealed record AttachmentEntry
{
    /// <summary>Its name, unique in the collection.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the file holds.</summary>
    public FileKind Kind { get; init; }

    /// <summary>The identity of the file, a number that no other file of the store has.</summary>
    public long Id { get; init; }

    /// <summary>The file, in the folder of segment files.</summary>
    public string File { get; init; } = "";

    /// <summary>Where it came from.</summary>
    public ProvenanceEntry Provenance { get; init; } = new();
}

/// <summary>A segment in a manifest; file names are relative to the folder of segment files.</summary>
public sealed record SegmentEntry
{
    /// <summary>Its id.</summary>
    public long Id { get; init; }

    /// <summary>Rows, deleted ones included.</summary>
    public int Rows { get; init; }

    /// <summary>The segment file.</summary>
    public string File { get; init; } = "";

    /// <summary>The graph over it; null when there is none, and it is scanned.</summary>
    public string? GraphFile { get; init; }

    /// <summary>Its deletions; null when no row is deleted.</summary>
    public string? DeletedFile { get; init; }

    /// <summary>Deleted rows.</summary>
    public int DeletedCount { get; init; }
}

/// <summary>How the graph of a segment is built (Malkov and Yashunin's M and efConstruction).</summary>
public sealed record IndexSettings
{
    /// <summary>Links of a node per layer; twice as many on the lowest.</summary>
    public int M { get; init; } = 16;

    /// <summary>Candidates kept while a node is inserted.</summary>
    public int EfConstruction { get; init; } = 200;

    /// <summary>Seed of the levels.</summary>
    public long Seed { get; init; } = 1;
}

/// <summary>One act by which rows came into a collection.</summary>
public sealed record ProvenanceEntry
{
    /// <summary>What was read: a path, or a description.</summary>
    public string Source { get; init; } = "";

    /// <summary>When, in UTC.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Rows that came in.</summary>
    public long Rows { get; init; }

    /// <summary>What else is worth knowing: format, options, checksum of the source.</summary>
    public IReadOnlyDictionary<string, string> Details { get; init; } = new Dictionary<string, string>();
}
