using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using VecStore.Kernels;

namespace VecStore.Indexing;

/// <summary>
/// Walks on int8 codes. A record is the code (one biased byte an element, padded to 32), then its scale and offset as floats:
/// score(x, y) = scale(x) * scale(y) * (code(x) . code(y)) + offset(x) + offset(y), for every metric (see <see cref="CodeTable"/>).
/// A query buffer begins with its scale, its offset and the kernel's query; its signed bytes follow at 64.
/// </summary>
internal readonly unsafe struct CodeSpace(byte* records, int strideBytes, int count, int dimension) : IVectorSpace
{
    public const int QueryHeader = 64, KernelQuery = 16;

    public int QueryBytes => BytesOfQuery(dimension);

    // Measured: more than the lines that can be under way at a time costs a tenth, fewer leaves small codes waiting.
    public int NodesAhead => Math.Clamp(2048 / strideBytes, 4, 16);

    public static int BytesOfQuery(int dimension) => QueryHeader + ((dimension + 63) & ~63);

    public void LoadNode(uint node, byte* query)
    {
        byte* record = records + ((nint)node * strideBytes);
        *(ulong*)query = *(ulong*)(record + strideBytes - 8);
        var elements = (sbyte*)query + QueryHeader;
        Int8Code.ToQuery(new ReadOnlySpan<byte>(record, dimension), new Span<sbyte>(elements, (dimension + 63) & ~63));
        *(Int8Query*)(query + KernelQuery) = new Int8Query(elements, dimension);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint node)
    {
        if (!Sse.IsSupported) return;
        byte* record = records + ((nint)node * strideBytes);
        for (int i = 0; i < strideBytes; i += 64) Sse.Prefetch0(record + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Score(byte* query, uint* nodes, int count_, float* scores)
    {
        // The integers are turned into scores in place.
        int* dots = (int*)scores;
        Int8Code.Gather(*(Int8Query*)(query + KernelQuery), new RowBlock<byte>(records, strideBytes, count, dimension), new ReadOnlySpan<int>(nodes, count_), new Span<int>(dots, count_));
        float scale = *(float*)query, offset = *(float*)(query + 4);
        byte* tail = records + strideBytes - 8;
        for (int i = 0; i < count_; i++)
        {
            float* at = (float*)(tail + ((nint)nodes[i] * strideBytes));
            scores[i] = (scale * at[0] * dots[i]) + at[1] + offset;
        }
    }
}
