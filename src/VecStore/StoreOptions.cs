using VecStore.Indexing;
using VecStore.Storage;

namespace VecStore;

/// <summary>What is promised when <see cref="WriteBatch.Commit"/> returns.</summary>
public enum Durability
{
    /// <summary>The commit is flushed to the disk: it survives the loss of power.</summary>
    Full = 0,

    /// <summary>The commit is with the operating system: it survives the death of the process, not of the machine.</summary>
    Os = 1,
}

/// <summary>Who merges and seals.</summary>
public enum Maintenance
{
    /// <summary>A background thread seals full memory segments and merges small segments.</summary>
    Background = 0,

    /// <summary>Only <see cref="VectorCollection.Seal"/>, <see cref="VectorCollection.Compact"/> and full memory segments (in the committing thread) do.</summary>
    Manual = 1,
}

/// <summary>How a store is opened.</summary>
public sealed record StoreOptions
{
    /// <summary>Make a new store when there is none. Otherwise that is an error.</summary>
    public bool CreateIfMissing { get; init; }

    /// <summary>Read what is committed, write nothing, take no lock: for other processes while one writes.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>What a commit promises.</summary>
    public Durability Durability { get; init; } = Durability.Full;

    /// <summary>Rows a memory segment takes before it is sealed into a file: 16 to 1,048,576. 0 chooses by the row size (about 32 MB).</summary>
    public int SealRows { get; init; }

    /// <summary>Who seals and merges.</summary>
    public Maintenance Maintenance { get; init; } = Maintenance.Background;

    /// <summary>Settings of the graphs that this process builds.</summary>
    public HnswOptions Index { get; init; } = new();

    /// <summary>Segments with fewer rows have no graph: scanning them is faster. It counts for the segments that this process writes; the store does not keep it.</summary>
    public int GraphMinRows { get; init; } = 2_000;

    /// <summary>
    /// Opens without the graphs: every search is exact. For a store whose graph files are damaged, until <see cref="VectorCollection.RebuildIndex"/>
    /// has made new ones.
    /// </summary>
    public bool IgnoreGraphs { get; init; }

    /// <summary>
    /// Is told of seals, merges, published loads, failed writes and damage met: for the host's log. Called by the thread that did it, which may hold the store's
    /// gates: it must be quick and must not call the store. What it throws is ignored.
    /// </summary>
    public Action<StoreEvent>? Events { get; init; }

    /// <summary>The file system; tests replace it.</summary>
    public IStoreFiles? Files { get; init; }
}
