using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using VecStore.Storage;

namespace VecStore.Analysis;

/// <summary>Which rows of a snapshot a query looks at. All restrictions hold together.</summary>
public sealed record RowSelection
{
    /// <summary>Only rows that pass.</summary>
    public Filter? Filter { get; init; }

    /// <summary>
    /// Only the rows of these keys; integer keys are written in decimal. A key that has no row as it is written is looked up in lower case. The rows come in the snapshot's order,
    /// each once. A key without a row is an error, so that no list is silently shorter than it looks.
    /// </summary>
    public IReadOnlyCollection<string>? Keys { get; init; }

    /// <summary>Only the first so many of the rows that are left.</summary>
    public int? First { get; init; }

    /// <summary>All rows.</summary>
    public static RowSelection All { get; } = new();
}

/// <summary>
/// The live rows of a snapshot, or those of a selection, numbered from 0 in the snapshot's order and decoded to float32 as they are read. Valid as long as the
/// snapshot. Memory: nothing for whole segments, 4 bytes a row for segments with deletions or under a filter.
/// </summary>
public sealed class SnapshotRows : IKeyedRows
{
    private readonly Snapshot snapshot;
    private readonly Part[] parts;

    /// <summary>A segment's rows: all of them in order, or the picked ones.</summary>
    private readonly record struct Part(SnapshotSegment Segment, int First, int Count, int[]? Picked);

    /// <summary>The rows of a snapshot.</summary>
    /// <param name="snapshot">Borrowed: it must outlive this.</param>
    /// <param name="selection">Which rows; null means all live ones.</param>
    /// <exception cref="KeyNotFoundException">A key of the selection has no row.</exception>
    public SnapshotRows(Snapshot snapshot, RowSelection? selection = null)
    {
        selection ??= RowSelection.All;
        if (selection.First is < 1) throw new ArgumentOutOfRangeException(nameof(selection), selection.First, "the first rows are at least one");
        this.snapshot = snapshot;
        ILookup<uint, int>? named = selection.Keys is null ? null : Locate(selection.Keys);
        List<Part> found = [];
        int total = 0, limit = selection.First ?? int.MaxValue;
        foreach (SnapshotSegment segment in snapshot.Segments)
        {
            if (total == limit) break;
            RowSet? passing = selection.Filter is null ? null : segment.Passing(selection.Filter);
            int[]? picked = named is not null ? [.. named[segment.Id].Where(row => passing?.Contains(row) != false).Order()]
                : passing is null && segment.Deleted is null ? null : Pick(segment, passing);
            int count = Math.Min(picked?.Length ?? segment.Rows, limit - total);
            if (count == 0) continue;
            found.Add(new(segment, total, count, picked));
            total = checked(total + count);
        }
        parts = [.. found];
        Count = total;
    }

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Dimension => snapshot.Schema.Dimension;

    /// <summary>Rows of each segment that are among these.</summary>
    public IReadOnlyList<int> PartRows => [.. parts.Select(part => part.Count)];

    /// <summary>The content of a sealed segment and which of its rows are meant: the same rows have the same name in any store. Null for rows in memory.</summary>
    public string? IdentityOfPart(int part)
    {
        Part asked = parts[part];
        if (asked.Segment.ContentName is not { } content) return null;
        if (asked.Picked is null) return string.Create(CultureInfo.InvariantCulture, $"{content}-{asked.Count}");
        byte[] rows = SHA256.HashData(MemoryMarshal.AsBytes(asked.Picked.AsSpan(0, asked.Count)));
        return string.Create(CultureInfo.InvariantCulture, $"{content}-{asked.Count}-{System.Convert.ToHexStringLower(rows)}");
    }

    /// <summary>Where a row lies in the store.</summary>
    public RowId RowIdOf(int row)
    {
        Part part = PartOf(row);
        return new(part.Segment.Id, RowIn(part, row));
    }

    /// <summary>A metadata value of a row, by the number of its field in the schema.</summary>
    public FieldValue ValueOf(int row, int field)
    {
        Part part = PartOf(row);
        return part.Segment.ValueOf(RowIn(part, row), field);
    }

    /// <inheritdoc/>
    public void Read(int first, Span<float> destination)
    {
        int dimension = Dimension, wanted = destination.Length / dimension;
        if (first < 0 || wanted > Count - first) throw new ArgumentOutOfRangeException(nameof(first), first, $"{wanted} rows of {Count}");
        while (wanted > 0)
        {
            Part part = PartOf(first);
            int at = first - part.First, count = Math.Min(wanted, part.Count - at);
            if (part.Picked is null)
            {
                part.Segment.ReadVectors(at, count, destination);
            }
            else
            {
                for (int done = 0; done < count;)
                {
                    int row = part.Picked[at + done], run = 1; // rows that follow each other are read together
                    while (done + run < count && part.Picked[at + done + run] == row + run) run++;
                    part.Segment.ReadVectors(row, run, destination[(done * dimension)..]);
                    done += run;
                }
            }
            destination = destination[(count * dimension)..];
            first += count;
            wanted -= count;
        }
    }

    /// <summary>Finds a key; an integer key is written in decimal.</summary>
    public bool TryFind(string key, out int row)
    {
        row = -1;
        if (!TryLocate(key, out RowId id)) return false;
        foreach (Part part in parts)
        {
            if (part.Segment.Id != id.Segment) continue;
            int at = part.Picked is null ? id.Row : Array.BinarySearch(part.Picked, id.Row);
            if (at < 0 || at >= part.Count) return false;
            row = part.First + at;
            return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public string KeyOf(int row)
    {
        Part part = PartOf(row);
        return part.Segment.KeyOf(RowIn(part, row)).ToString();
    }

    private bool TryLocate(string key, out RowId id)
    {
        id = default;
        if (snapshot.Schema.KeyKind == KeyKind.String) return snapshot.TryFind(new Key(key), out id);
        return long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && snapshot.TryFind(new Key(number), out id);
    }

    /// <summary>The rows of some keys, by segment.</summary>
    private ILookup<uint, int> Locate(IReadOnlyCollection<string> keys)
        => keys.Select(key => TryLocate(key, out RowId id) || TryLocate(key.ToLowerInvariant(), out id) ? id : throw new KeyNotFoundException($"'{key}' is no key of the collection {snapshot.Collection}."))
            .Distinct().ToLookup(id => id.Segment, id => id.Row);

    private static int RowIn(in Part part, int row) => part.Picked is null ? row - part.First : part.Picked[row - part.First];

    private Part PartOf(int row)
    {
        if ((uint)row >= (uint)Count) throw new ArgumentOutOfRangeException(nameof(row), row, $"there are {Count} rows");
        int low = 0, high = parts.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (parts[middle].First <= row) low = middle;
            else high = middle - 1;
        }
        return parts[low];
    }

    private static int[] Pick(SnapshotSegment segment, RowSet? passing)
    {
        List<int> picked = [];
        for (int row = 0; row < segment.Rows; row++)
            if ((passing is null || passing.Contains(row)) && segment.Deleted?.Contains(row) != true) picked.Add(row);
        return [.. picked];
    }
}
