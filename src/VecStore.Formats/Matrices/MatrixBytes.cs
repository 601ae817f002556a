using VecStore.Formats.Bytes;

namespace VecStore.Formats.Matrices;

/// <summary>The bytes of a matrix, wherever they lie: offsets count from its first element.</summary>
internal abstract class MatrixBytes : IDisposable
{
    public abstract void Read(long offset, Span<byte> buffer);

    public abstract void Dispose();
}

/// <summary>A matrix that lies as it is in a file.</summary>
internal sealed class StoredMatrixBytes(ByteSource bytes, long start) : MatrixBytes
{
    public override void Read(long offset, Span<byte> buffer) => bytes.ReadExactly(start + offset, buffer);

    public override void Dispose() => bytes.Dispose();
}
