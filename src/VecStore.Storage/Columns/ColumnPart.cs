namespace VecStore.Storage;

/// <summary>A run of bytes that a column reads: a range of a mapped section, verified when it is asked for, or memory of a memory segment.</summary>
internal readonly unsafe struct ColumnPart
{
    private readonly byte* _start;
    private readonly MappedSection? _section;
    private readonly long _offset;

    /// <summary>Memory; the bytes may grow while they are read, but what was published never changes.</summary>
    public ColumnPart(void* memory, long length)
    {
        _start = (byte*)memory;
        Length = length;
    }

    /// <summary>A range of a section. The range is checked here, its bytes when they are read.</summary>
    public ColumnPart(MappedSection section, long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > section.Length || length > section.Length - offset)
            throw section.Corrupt(0, $"columns within the {section.Length} bytes of section {section.Tag}", $"{length} bytes at {offset}");
        _section = section;
        _offset = offset;
        _start = section.Base + offset;
        Length = length;
    }

    public long Length { get; }

    /// <summary>The bytes from an offset on, verified; the range must lie inside the part.</summary>
    public byte* At(long offset, long length)
    {
        if ((ulong)offset > (ulong)Length || (ulong)length > (ulong)(Length - offset))
            throw Corrupt($"references within {Length} bytes", $"a reference to {length} bytes at {offset}");
        _section?.Ensure(_offset + offset, length);
        return _start + offset;
    }

    /// <summary>The first values of a type, verified.</summary>
    public ReadOnlySpan<T> First<T>(int count) where T : unmanaged => new(At(0, count * (long)sizeof(T)), count);

    /// <summary>One value of a type, verified.</summary>
    public T Value<T>(long index) where T : unmanaged => *(T*)At(index * sizeof(T), sizeof(T));

    public bool Bit(int index) => (Value<ulong>(index >> 6) >> (index & 63) & 1) != 0;

    public StoreCorruptException Corrupt(string expected, string found) =>
        _section?.Corrupt(_offset, expected, found) ?? new StoreCorruptException("memory", 0, expected, found, "This is a defect of VecStore: please report it.");
}
