using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>4 floats at a time: SSE, NEON.</summary>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<float>>
{
    public static int Count => 4;

    public static bool HasManyRegisters => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load<T>(T* source) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return Vector128.Load((float*)source);
        if (typeof(T) == typeof(Half)) return HalfBits.Widen(Int32s((short*)source));
        if (typeof(T) == typeof(BFloat16)) return (Int32s((short*)source) << 16).AsSingle();
        if (typeof(T) == typeof(sbyte)) return Vector128.ConvertToSingle(Int32s((sbyte*)source));
        throw new NotSupportedException($"rows of {typeof(T)}");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> value, float* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> left, Vector128<float> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> left, Vector128<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> addend) =>
        Vector128.MultiplyAddEstimate(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> FusedMultiplyAdd(Vector128<float> left, Vector128<float> right, Vector128<float> addend) =>
        Vector128.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> value)
    {
        Vector128<float> pairs = value + Vector128.Shuffle(value, Vector128.Create(1, 0, 3, 2));
        return pairs[0] + pairs[2];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) => Sse3.IsSupported
        ? Sse3.HorizontalAdd(Sse3.HorizontalAdd(a, b), Sse3.HorizontalAdd(c, d))
        : Vector128.Create(Sum(a), Sum(b), Sum(c), Sum(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Int32s(short* source) => Sse41.IsSupported
        ? Sse41.ConvertToVector128Int32(source)
        : Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Int32s(sbyte* source) => Sse41.IsSupported
        ? Sse41.ConvertToVector128Int32(source)
        : Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(int*)source).AsSByte()));
}
