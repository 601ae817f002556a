namespace VecStore;

/// <summary>What a <see cref="StoreEvent"/> tells of.</summary>
public enum StoreEventKind
{
    /// <summary>Rows in memory became a segment file.</summary>
    Sealed = 0,

    /// <summary>Segments were merged into one, or had their deleted rows removed.</summary>
    Merged = 1,

    /// <summary>A bulk load was published.</summary>
    Loaded = 2,

    /// <summary>A write failed; the store takes no more writes until it is opened again.</summary>
    Failed = 3,

    /// <summary>A read met damaged bytes.</summary>
    Damaged = 4,
}

/// <summary>Something that happened in a store and that nobody may have asked for: for the host's log. See <see cref="StoreOptions.Events"/>.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Collection">The collection; empty when it concerns the whole store.</param>
/// <param name="Rows">Live rows in the segments that were written.</param>
/// <param name="Bytes">Bytes of the segments that were written.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Error">What failed or is damaged.</param>
public sealed record StoreEvent(StoreEventKind Kind, string Collection, long Rows, long Bytes, TimeSpan Elapsed, Exception? Error = null);
