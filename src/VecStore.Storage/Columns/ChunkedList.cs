using System.Runtime.CompilerServices;

namespace VecStore.Storage;

/// <summary>A list that grows by chunks, so that it neither copies itself nor needs one long run of memory.</summary>
internal sealed class ChunkedList<T> where T : unmanaged
{
    private const int ChunkShift = 16, ChunkLength = 1 << ChunkShift;

    private readonly List<T[]> _chunks = [];

    public long Count { get; private set; }

    public ref T this[long index] => ref _chunks[(int)(index >> ChunkShift)][index & (ChunkLength - 1)];

    public void Add(T value)
    {
        // The first chunk grows from small: most segments of a test, and of a small store, have few rows.
        if (Count == _chunks.Count * (long)ChunkLength) _chunks.Add(new T[_chunks.Count == 0 ? 64 : ChunkLength]);
        int offset = (int)(Count & (ChunkLength - 1));
        if (_chunks.Count == 1 && offset == _chunks[0].Length)
        {
            T[] larger = new T[Math.Min(ChunkLength, offset * 2)];
            _chunks[0].CopyTo(larger, 0);
            _chunks[0] = larger;
        }
        _chunks[^1][offset] = value;
        Count++;
    }

    public void WriteTo(SectionFileWriter writer)
    {
        for (int i = 0; i < _chunks.Count; i++)
            writer.Write<T>(_chunks[i].AsSpan(0, (int)Math.Min(ChunkLength, Count - ((long)i << ChunkShift))));
    }
}

/// <summary>Bits, appended.</summary>
internal sealed class BitList
{
    private readonly ChunkedList<ulong> _words = new();
    private long _count;

    public void Add(bool bit)
    {
        if (_count % 64 == 0) _words.Add(0);
        if (bit) _words[_count / 64] |= 1UL << (int)(_count % 64);
        _count++;
    }

    public void WriteTo(SectionFileWriter writer) => _words.WriteTo(writer);
}

/// <summary>A string as UTF-8 in a buffer that is used again for the next.</summary>
internal sealed class Utf8Buffer
{
    private byte[] _bytes = new byte[256];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public ReadOnlySpan<byte> Encode(string text)
    {
        int needed = System.Text.Encoding.UTF8.GetMaxByteCount(text.Length);
        if (needed > _bytes.Length) _bytes = new byte[needed];
        return _bytes.AsSpan(0, System.Text.Encoding.UTF8.GetBytes(text, _bytes));
    }
}
