using VecStore.Formats.Bytes;

namespace VecStore.Formats.Matrices;

/// <summary>The bytes of a matrix, wherever they lie: offsets count from its first element.</summary>
internal abstract class MatrixBytes : IDisposable
{
    public abstract void Read(long offset, Span<byte> buffer);

    public abstract void Dispose();
}

/// <summary>The rest of some bytes, from a place on.</summary>
internal sealed class ShiftedMatrixBytes(MatrixBytes bytes, long start) : MatrixBytes
{
    public override void Read(long offset, Span<byte> buffer) => bytes.Read(start + offset, buffer);

    public override void Dispose() => bytes.Dispose();
}

/// <summary>A matrix in a file that another reader owns.</summary>
internal sealed class BorrowedMatrixBytes(ByteSource bytes, long start) : MatrixBytes
{
    public override void Read(long offset, Span<byte> buffer) => bytes.ReadExactly(start + offset, buffer);

    public override void Dispose() { }
}

/// <summary>A matrix that lies as it is in a file.</summary>
internal sealed class StoredMatrixBytes(ByteSource bytes, long start) : MatrixBytes
{
    public override void Read(long offset, Span<byte> buffer) => bytes.ReadExactly(start + offset, buffer);

    public override void Dispose() => bytes.Dispose();
}
