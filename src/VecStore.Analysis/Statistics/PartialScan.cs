using System.Security.Cryptography;
using System.Text;

namespace VecStore.Analysis;

/// <summary>
/// The state of a statistic over some consecutive chunks of a scan. States are combined along the binary tree over chunk numbers: node (level, index) covers chunks
/// index * 2^level up to (index + 1) * 2^level, and is made when both its halves are there. So the bits of the whole do not depend on who computed which part,
/// nor in which order; at most 2 log2(chunks) states are kept.
/// </summary>
public sealed class PartialScan<TStatistic, TResult> where TStatistic : IStatistic<TStatistic, TResult>
{
    private const string Magic = "VECSTORE-PARTIAL-1";
    private readonly SortedDictionary<long, (int Level, TStatistic State)> nodes = []; // by first chunk

    private readonly ChunkMap map;

    internal PartialScan(TStatistic empty, ChunkMap map, int dimension)
    {
        Identity = empty;
        this.map = map;
        Dimension = dimension;
    }

    /// <summary>Rows of the whole scan of which this is a part.</summary>
    public long TotalRows => map.TotalRows;

    /// <summary>Elements per row.</summary>
    public int Dimension { get; }

    /// <summary>Rows in this part.</summary>
    public long RowsSeen => nodes.Sum(node => map.RowsIn(node.Key, 1L << node.Value.Level));

    /// <summary>Whether every row of the scan is in.</summary>
    public bool IsComplete => RowsSeen == TotalRows;

    private TStatistic Identity { get; }

    internal void Add(long chunk, TStatistic state) => Insert(chunk, 0, state);

    /// <summary>Takes in the complete scan of one segment, made by itself.</summary>
    internal void AddSegment(int segment, PartialScan<TStatistic, TResult> complete)
    {
        foreach ((long first, (int level, TStatistic state)) in complete.nodes) Insert(map.SlotOf(segment) + first, level, state);
        complete.nodes.Clear();
    }

    /// <summary>Takes in another part of the same scan; it may not be used afterwards.</summary>
    /// <exception cref="ArgumentException">It is a part of another scan, or overlaps this one.</exception>
    public void Combine(PartialScan<TStatistic, TResult> other)
    {
        if (!other.map.PartRows.SequenceEqual(map.PartRows) || other.Dimension != Dimension)
        {
            throw new ArgumentException($"a part of {other.TotalRows} rows x {other.Dimension} in {other.map.PartRows.Count} segments"
                + $" does not belong to a scan of {TotalRows} rows x {Dimension} in {map.PartRows.Count}, or the segments differ", nameof(other));
        }
        foreach ((long first, (int level, TStatistic state)) in other.nodes) Insert(first, level, state);
        other.nodes.Clear();
    }

    /// <summary>The result over the rows seen so far.</summary>
    public TResult Finish()
    {
        TStatistic total = Identity.Empty();
        foreach ((int _, TStatistic state) in nodes.Values) total.Combine(state);
        return total.Finish();
    }

    private void Insert(long first, int level, TStatistic state)
    {
        foreach ((long known, (int knownLevel, _)) in nodes)
        {
            if (known < first + (1L << level) && first < known + (1L << knownLevel))
                throw new ArgumentException($"chunk {Math.Max(first, known)} is in both parts", nameof(first));
        }
        while (true)
        {
            long size = 1L << level;
            bool isLeft = (first / size) % 2 == 0;
            long siblingFirst = isLeft ? first + size : first - size;
            if (!nodes.TryGetValue(siblingFirst, out (int Level, TStatistic State) sibling) || sibling.Level != level) break;
            nodes.Remove(siblingFirst);
            if (isLeft)
            {
                state.Combine(sibling.State);
            }
            else
            {
                sibling.State.Combine(state);
                (state, first) = (sibling.State, siblingFirst);
            }
            level++;
        }
        nodes.Add(first, (level, state));
    }

    /// <summary>Writes the part to a stream, closed by a SHA-256 of everything before it.</summary>
    public void Write(Stream stream)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (BinaryWriter writer = new(new HashingStream(stream, hash), Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            writer.Write(TStatistic.StateName);
            writer.Write(Scan.ChunkRows);
            writer.Write(Dimension);
            writer.Write(map.PartRows.Count);
            foreach (int rows in map.PartRows) writer.Write(rows);
            writer.Write(nodes.Count);
            Identity.Write(writer);
            foreach ((long first, (int level, TStatistic state)) in nodes)
            {
                writer.Write(first);
                writer.Write(level);
                state.Write(writer);
            }
        }
        stream.Write(hash.GetHashAndReset());
    }

    /// <summary>Reads a part. Nothing of it is believed unless its checksum holds.</summary>
    /// <exception cref="InvalidDataException">It is no part of this statistic, of another version, cut short or damaged.</exception>
    public static PartialScan<TStatistic, TResult> Read(Stream stream)
    {
        using MemoryStream whole = new();
        stream.CopyTo(whole);
        byte[] bytes = whole.ToArray();
        int length = bytes.Length - SHA256.HashSizeInBytes;
        if (length < 0 || !SHA256.HashData(bytes.AsSpan(0, length)).AsSpan().SequenceEqual(bytes.AsSpan(length)))
            throw new InvalidDataException("the file of partial statistics is damaged: its checksum does not match its bytes");
        using BinaryReader reader = new(new MemoryStream(bytes, 0, length), Encoding.UTF8);
        if (reader.ReadString() != Magic) throw new InvalidDataException("this is no file of partial statistics");
        string name = reader.ReadString();
        if (name != TStatistic.StateName) throw new InvalidDataException($"the file holds a partial '{name}', wanted is '{TStatistic.StateName}'");
        int chunkRows = reader.ReadInt32(), dimension = reader.ReadInt32();
        if (chunkRows != Scan.ChunkRows) throw new InvalidDataException($"the file has chunks of {chunkRows} rows, this version of {Scan.ChunkRows}");
        int[] partRows = [.. Enumerable.Range(0, reader.ReadInt32()).Select(_ => reader.ReadInt32())];
        int count = reader.ReadInt32();
        PartialScan<TStatistic, TResult> partial = new(TStatistic.Read(reader), new(partRows), dimension);
        for (int i = 0; i < count; i++)
        {
            long first = reader.ReadInt64();
            int level = reader.ReadInt32();
            partial.nodes.Add(first, (level, TStatistic.Read(reader)));
        }
        return partial;
    }

    private sealed class HashingStream(Stream inner, IncrementalHash hash) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            inner.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
