using System.Runtime.InteropServices;

using VecStore.Kernels;

namespace VecStore.Formats.Writing;

/// <summary>Float32 rows to stored elements, little-endian, rounded to nearest even.</summary>
internal sealed class ElementEncoder(StoredElement element, int dimension)
{
    private readonly byte[] scratch = new byte[dimension * (element == StoredElement.Float32 ? 0 : 2)];

    public void Write(ReadOnlySpan<float> row, Stream stream)
    {
        switch (element)
        {
            case StoredElement.Float16:
                Span<Half> halves = MemoryMarshal.Cast<byte, Half>(scratch.AsSpan());
                for (int i = 0; i < row.Length; i++) halves[i] = (Half)row[i];
                stream.Write(scratch);
                break;
            case StoredElement.BFloat16:
                Span<ushort> upper = MemoryMarshal.Cast<byte, ushort>(scratch.AsSpan());
                for (int i = 0; i < row.Length; i++) upper[i] = ((BFloat16)row[i]).Bits;
                stream.Write(scratch);
                break;
            default:
                stream.Write(MemoryMarshal.AsBytes(row));
                break;
        }
    }
}
