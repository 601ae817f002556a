namespace VecStore.Storage;

/// <summary>
/// Byte strings, appended and never moved: a reference packs chunk, offset and length. One writer, any number of readers of references
/// that were published to them.
/// </summary>
internal sealed class ByteArena
{
    private const int ChunkBytes = 1 << 20, OffsetBits = 20;
    private const int LengthBits = 24;

    /// <summary>The longest string that fits: 16 MiB less one byte.</summary>
    public const int Longest = (1 << LengthBits) - 1;

    private volatile byte[][] _chunks = new byte[16][];
    private int _chunkCount, _used = ChunkBytes;

    /// <summary>Bytes held.</summary>
    public long Bytes { get; private set; }

    public ReadOnlySpan<byte> this[ulong reference]
    {
        get
        {
            int length = (int)(reference & Longest), offset = (int)(reference >> LengthBits) & (ChunkBytes - 1);
            return length == 0 ? default : _chunks[(int)(reference >> (LengthBits + OffsetBits))].AsSpan(offset, length);
        }
    }

    public ulong Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Longest) throw new ArgumentException($"a string of {bytes.Length} bytes; at most {Longest} are allowed");
        if (bytes.Length == 0) return 0;
        if (bytes.Length > ChunkBytes - _used) AddChunk(Math.Max(ChunkBytes, bytes.Length));
        int offset = _used;
        bytes.CopyTo(_chunks[_chunkCount - 1].AsSpan(offset));
        _used = Math.Min(ChunkBytes, offset + bytes.Length);
        Bytes += bytes.Length;
        return ((ulong)(_chunkCount - 1) << (LengthBits + OffsetBits)) | ((ulong)offset << LengthBits) | (uint)bytes.Length;
    }

    private void AddChunk(int size)
    {
        byte[][] chunks = _chunks;
        if (_chunkCount == chunks.Length) Array.Resize(ref chunks, chunks.Length * 2);
        chunks[_chunkCount++] = new byte[size];
        _chunks = chunks;
        _used = 0;
    }
}
