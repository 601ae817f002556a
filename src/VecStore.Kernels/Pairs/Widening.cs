using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>Elements of any type widened to floats, exactly but for the one rounding of a scale.</summary>
internal static unsafe class Widening
{
    /// <summary>A row, whole lines of it.</summary>
    public static void Row<T>(LaneWidth width, T* source, int lines, float scale, float* target) where T : unmanaged =>
        Elements(width, source, lines * (RowBlock<T>.LineBytes / sizeof(T)), scale, target);

    /// <summary>So many elements and no more.</summary>
    public static void Elements<T>(LaneWidth width, T* source, int count, float scale, float* target) where T : unmanaged
    {
        switch (width)
        {
            case LaneWidth.Bits512: Widen<Lanes512, Vector512<float>, T>(source, count, scale, target); break;
            case LaneWidth.Bits256: Widen<Lanes256, Vector256<float>, T>(source, count, scale, target); break;
            case LaneWidth.Bits128: Widen<Lanes128, Vector128<float>, T>(source, count, scale, target); break;
            default: Widen<ScalarLanes, float, T>(source, count, scale, target); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Widen<L, V, T>(T* source, int count, float scale, float* target)
        where L : struct, ILanes<V>
        where V : struct
        where T : unmanaged
    {
        V factor = L.Broadcast(scale);
        int i = 0;
        for (; i <= count - L.Count; i += L.Count) L.Store(L.Multiply(L.Load(source + i), factor), target + i);
        for (; i < count; i++) target[i] = ScalarLanes.Load(source + i) * scale;
    }
}
