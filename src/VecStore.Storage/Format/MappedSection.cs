using System.Runtime.CompilerServices;

namespace VecStore.Storage;

/// <summary>
/// One section of a mapped file. Nothing in it may be read before <see cref="Ensure"/> was called on it: that verifies the blocks of
/// 16 KiB it touches, each the first time only. Any number of threads may read and ensure at once.
/// </summary>
public sealed unsafe class MappedSection
{
    private readonly BlockVerifier _verifier;
    private readonly byte* _states;
    private readonly long _offset; // from the start of the data part of the file
    private volatile bool _verified;

    internal MappedSection(BlockVerifier verifier, string tag, byte* start, long offsetInData, long length)
    {
        _verifier = verifier;
        _states = verifier.States;
        _offset = offsetInData;
        Tag = tag;
        Base = start;
        Length = length;
    }

    /// <summary>The four characters that name the section.</summary>
    public string Tag { get; }

    /// <summary>The first byte; aligned to 4,096. Valid until the file is disposed.</summary>
    public byte* Base { get; }

    /// <summary>Length in bytes.</summary>
    public long Length { get; }

    /// <summary>True once every block has been verified: <see cref="Ensure"/> then costs a comparison.</summary>
    public bool IsVerified => _verified;

    /// <summary>
    /// Verifies the blocks that hold these bytes of the section, unless it was done before. Throws <see cref="StoreCorruptException"/>
    /// when one is damaged, or when the bytes lie outside the section (which only a damaged reference can ask for).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Ensure(long offset, long length)
    {
        if ((ulong)offset > (ulong)Length || (ulong)length > (ulong)(Length - offset)) ThrowOutside(offset, length);
        if (_verified || length == 0) return;
        long first = (_offset + offset) >> Checksums.BlockShift, last = (_offset + offset + length - 1) >> Checksums.BlockShift;
        if (last - first > 1 || (_states[first] & _states[last]) == 0) _verifier.Verify(first, last);
    }

    /// <summary>Verifies the whole section; the second time it is free.</summary>
    public void EnsureAll()
    {
        if (_verified) return;
        Ensure(0, Length);
        _verified = true;
    }

    /// <summary>The bytes of a range, verified.</summary>
    public ReadOnlySpan<byte> Read(long offset, int length)
    {
        Ensure(offset, length);
        return new ReadOnlySpan<byte>(Base + offset, length);
    }

    /// <summary>Tells the system how a range will be read; it never changes what is read.</summary>
    public void Advise(long offset, long length, ReadPattern pattern) => _verifier.Advise(_offset + offset, length, pattern);

    /// <summary>The error for content of this section that its checksum allows but that cannot be.</summary>
    public StoreCorruptException Corrupt(long offset, string expected, string found) =>
        _verifier.Corrupt(FileHeader.BlockBytes + _offset + offset, expected, found);

    private void ThrowOutside(long offset, long length) =>
        throw Corrupt(0, $"references within the {Length} bytes of section {Tag}", $"a reference to {length} bytes at {offset}");
}
