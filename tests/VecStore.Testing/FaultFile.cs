using System.Runtime.InteropServices;
using VecStore.Storage;

namespace VecStore.Testing;

/// <summary>An open file of <see cref="FaultFiles"/>.</summary>
internal sealed class FaultFile(FaultFiles files, string path, SimulatedFile file, bool writable) : IStoreFile
{
    private readonly int _generation = files.Generation;
    private bool _closed;

    public long Length => files.LengthOf(Opened(), _generation);

    public int Read(long offset, Span<byte> destination) => files.Read(Opened(), _generation, path, offset, destination);

    public void Write(long offset, ReadOnlySpan<byte> source) => files.Write(Writable(), _generation, path, offset, source);

    public void SetLength(long length, bool allocate = false) => files.SetLength(Writable(), _generation, path, length);

    public void Flush() => files.Flush(Opened(), _generation, path);

    public void Dispose() => _closed = true;

    private SimulatedFile Opened()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return file;
    }

    private SimulatedFile Writable() => writable ? Opened() : throw new UnauthorizedAccessException($"{path} is open for reading");
}

/// <summary>A map: a copy at an aligned place outside the managed heap. The file must not be written while it is mapped.</summary>
internal sealed unsafe class FaultMap : IMappedFile
{
    private const int PageBytes = 4096;
    private readonly FaultFiles _files;
    private readonly SimulatedFile _file;
    private readonly int _generation;
    private byte* _start;

    public FaultMap(FaultFiles files, SimulatedFile file)
    {
        (_files, _file, _generation, Length) = (files, file, files.Generation, file.Length);
        _start = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(Length, 1), PageBytes);
        file.Live.CopyTo(new Span<byte>(_start, (int)Length));
        file.Maps++;
    }

    ~FaultMap() => NativeMemory.AlignedFree(_start);

    public byte* Base => _start;

    public long Length { get; }

    public void Advise(long offset, long length, ReadPattern pattern)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - offset);
    }

    public void Dispose()
    {
        if (_start == null) return;
        NativeMemory.AlignedFree(_start);
        _start = null;
        GC.SuppressFinalize(this);
        _files.Unmap(_file, _generation);
    }
}
