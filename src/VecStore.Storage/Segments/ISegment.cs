using System.Diagnostics.CodeAnalysis;

namespace VecStore.Storage;

/// <summary>
/// Rows with vectors, keys and metadata, numbered from 0: mapped and immutable (<see cref="Segment"/>), or growing in memory
/// (<see cref="MemorySegment"/>). A row never changes; which rows are deleted is kept beside it, in a <see cref="RowSet"/>.
/// </summary>
public interface ISegment
{
    /// <summary>The id, unique in the store.</summary>
    long Id { get; }

    /// <summary>What the segment holds, with the fields it has columns for (fields added to the collection later are absent from it).</summary>
    CollectionSchema Schema { get; }

    /// <summary>Rows, deleted ones included.</summary>
    int Count { get; }

    /// <summary>All vectors. Vectors must be verified by <see cref="VectorRows.Ensure"/> before they are read; norms and scales are verified.</summary>
    VectorRows Vectors { get; }

    /// <summary>The vectors of the first rows.</summary>
    VectorRows FirstRows(int count);

    /// <summary>The key of a row, of a segment with integer keys.</summary>
    long Int64Key(int row);

    /// <summary>The key of a row, of a segment with string keys. Valid as long as the segment.</summary>
    ReadOnlySpan<byte> Utf8Key(int row);

    /// <summary>The live row of a key among the first <paramref name="visibleRows"/>: the newest one, unless it is deleted.</summary>
    bool TryFind(long key, int visibleRows, RowSet? deleted, out int row);

    /// <summary>The live row of a key among the first <paramref name="visibleRows"/>: the newest one, unless it is deleted.</summary>
    bool TryFind(ReadOnlySpan<byte> utf8Key, int visibleRows, RowSet? deleted, out int row);

    /// <summary>The columns, in the order of <see cref="CollectionSchema.Fields"/>.</summary>
    IReadOnlyList<Column> Columns { get; }

    /// <summary>The column of a field; false when the segment was written before the field was added: it is absent from all its rows.</summary>
    bool TryGetColumn(string name, [NotNullWhen(true)] out Column? column);
}
