using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Indexing;

/// <summary>
/// Walks on int8 codes. A record is the code (one biased byte an element, padded to 32), then its scale and offset as floats:
/// score(x, y) = scale(x) * scale(y) * (code(x) . code(y)) + offset(x) + offset(y), for every metric (see GRAPH.md).
/// A query buffer begins with its scale and offset; its signed bytes follow at 64.
/// </summary>
internal readonly unsafe struct CodeSpace(byte* records, int strideBytes, int codeBytes) : IVectorSpace
{
    public const int QueryHeader = 64;

    public int QueryBytes => QueryHeader + ((codeBytes + 63) & ~63);

    public void LoadNode(uint node, byte* query)
    {
        byte* record = records + (nint)node * strideBytes;
        *(ulong*)query = *(ulong*)(record + strideBytes - 8);
        byte* bytes = query + QueryHeader;
        for (int i = 0; i < codeBytes; i += 32) (Vector256.Load(record + i) ^ Vector256.Create((byte)0x80)).Store(bytes + i);
        // Where scale and offset lie in the padding of the code they must not be taken for elements.
        if (codeBytes == strideBytes) *(ulong*)(bytes + codeBytes - 8) = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(uint node)
    {
        if (!Sse.IsSupported) return;
        byte* record = records + (nint)node * strideBytes;
        for (int i = 0; i < strideBytes; i += 64) Sse.Prefetch0(record + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Score(byte* query, uint* nodes, int count, float* scores)
    {
        float scale = *(float*)query, offset = *(float*)(query + 4);
        sbyte* bytes = (sbyte*)query + QueryHeader;
        byte* base_ = records;
        int* dots = stackalloc int[4];
        int i = 0;
        for (; i < count; i += 4)
        {
            byte* a = base_ + (nint)nodes[i] * strideBytes;
            byte* b = base_ + (nint)nodes[Math.Min(i + 1, count - 1)] * strideBytes;
            byte* c = base_ + (nint)nodes[Math.Min(i + 2, count - 1)] * strideBytes;
            byte* d = base_ + (nint)nodes[Math.Min(i + 3, count - 1)] * strideBytes;
            CodeDot.Four(bytes, a, b, c, d, codeBytes, dots);
            int tail = strideBytes - 8;
            scores[i] = scale * *(float*)(a + tail) * dots[0] + *(float*)(a + tail + 4) + offset;
            scores[i + 1] = scale * *(float*)(b + tail) * dots[1] + *(float*)(b + tail + 4) + offset;
            scores[i + 2] = scale * *(float*)(c + tail) * dots[2] + *(float*)(c + tail + 4) + offset;
            scores[i + 3] = scale * *(float*)(d + tail) * dots[3] + *(float*)(d + tail + 4) + offset;
        }
    }
}
