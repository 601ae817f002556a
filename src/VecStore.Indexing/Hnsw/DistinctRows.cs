using VecStore.Storage;

namespace VecStore.Indexing;

/// <summary>
/// Which rows of a segment are equal as stored, byte for byte. Of equal rows the first stands for all of them in the links of a graph; the
/// others are its copies.
/// </summary>
internal sealed unsafe class DistinctRows
{
    private const int ChunkRows = 4096;
    private readonly VectorRows _rows;
    private readonly int _rowBytes;
    private readonly int[] _next = [];

    public DistinctRows(in VectorRows rows, int threads, CancellationToken cancellation)
    {
        _rows = rows;
        _rowBytes = rows.Dimension * (rows.ElementType switch { ElementType.Float32 => 4, ElementType.Int8 => 1, _ => 2 });
        int[] firstEqual = FirstEqual(Hashes(threads, cancellation), out int distinct);
        Rows = new int[distinct];
        Copies = rows.Count - distinct;
        if (Copies == 0)
        {
            for (int row = 0; row < distinct; row++) Rows[row] = row;
            return;
        }
        _next = new int[rows.Count];
        Array.Fill(_next, -1);
        for (int row = rows.Count - 1; row >= 0; row--)
        {
            int first = firstEqual[row];
            if (first == row)
            {
                Rows[--distinct] = row;
                continue;
            }
            _next[row] = _next[first];
            _next[first] = row;
        }
    }

    /// <summary>The rows that are equal to none before them, in ascending order.</summary>
    public int[] Rows { get; }

    /// <summary>How many rows are equal to one before them.</summary>
    public int Copies { get; }

    /// <summary>The next copy of a row after this one, itself a distinct row or a copy; -1 when there is none.</summary>
    public int NextCopy(int row) => Copies == 0 ? -1 : _next[row];

    // Which rows are equal does not depend on the hash, which differs from process to process.
    private int[] Hashes(int threads, CancellationToken cancellation)
    {
        var hashes = new int[_rows.Count];
        int chunks = (_rows.Count + ChunkRows - 1) / ChunkRows;
        Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, chunk =>
        {
            int first = chunk * ChunkRows, end = Math.Min(_rows.Count, first + ChunkRows);
            _rows.Ensure(first, end - first);
            for (int row = first; row < end; row++)
            {
                var hash = new HashCode();
                hash.AddBytes(Bytes(row));
                if (_rows.Scales != null) hash.Add(_rows.Scales[row]);
                hashes[row] = hash.ToHashCode();
            }
        });
        return hashes;
    }

    /// <summary>For each row the first one that is equal to it, by open addressing on the hashes.</summary>
    private int[] FirstEqual(int[] hashes, out int distinct)
    {
        var firstEqual = new int[hashes.Length];
        long slots = hashes.Length + (hashes.Length / 2) + 1;
        var table = new int[slots];
        distinct = 0;
        for (int row = 0; row < hashes.Length; row++)
        {
            long slot = (uint)hashes[row] * slots >> 32;
            int met;
            while ((met = table[slot] - 1) >= 0 && !(hashes[met] == hashes[row] && AreEqual(met, row)))
            {
                if (++slot == slots) slot = 0;
            }
            if (met < 0)
            {
                table[slot] = row + 1;
                met = row;
                distinct++;
            }
            firstEqual[row] = met;
        }
        return firstEqual;
    }

    private bool AreEqual(int row, int other) =>
        Bytes(row).SequenceEqual(Bytes(other)) && (_rows.Scales == null || _rows.Scales[row].Equals(_rows.Scales[other]));

    private ReadOnlySpan<byte> Bytes(int row) => new(_rows.Base + (row * _rows.StrideBytes), _rowBytes);
}
