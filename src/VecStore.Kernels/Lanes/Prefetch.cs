using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>
/// Asks for memory before it is needed, four lines for each line in work, where .NET exposes that (x86); any address is allowed.
/// Between the arithmetic, not in one burst: measured at twice the speed, since only few lines can be under way at a time.
/// </summary>
internal interface IPrefetch
{
    /// <summary>Asks for the four lines that go with a line in work.</summary>
    void Lines(nint line);
}

/// <summary>Memory in the order of addresses: that keeps the processor's own prefetcher going, a third faster than row beside row.</summary>
internal readonly unsafe struct PrefetchInOrder(void* first) : IPrefetch
{
    private const int LineBytes = RowBlock<byte>.LineBytes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Lines(nint line)
    {
        if (!Sse.IsSupported) return;
        byte* start = (byte*)first + (line * 4 * LineBytes);
        Sse.Prefetch0(start);
        Sse.Prefetch0(start + LineBytes);
        Sse.Prefetch0(start + (2 * LineBytes));
        Sse.Prefetch0(start + (3 * LineBytes));
    }
}

/// <summary>Four later rows, wherever they are.</summary>
internal readonly unsafe struct PrefetchRows(void* a, void* b, void* c, void* d) : IPrefetch
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Lines(nint line)
    {
        if (!Sse.IsSupported) return;
        nint offset = line * RowBlock<byte>.LineBytes;
        Sse.Prefetch0((byte*)a + offset);
        Sse.Prefetch0((byte*)b + offset);
        Sse.Prefetch0((byte*)c + offset);
        Sse.Prefetch0((byte*)d + offset);
    }
}
