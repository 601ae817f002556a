using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>16 floats at a time: AVX-512. Without it the runtime does each step in two halves: slow, but the same bits (the tests use that).</summary>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Count => 16;

    public static bool HasManyRegisters => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load<T>(T* source) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return Vector512.Load((float*)source);
        if (typeof(T) == typeof(Half)) return HalfBits.Widen(Int32s((short*)source));
        if (typeof(T) == typeof(BFloat16)) return (Int32s((short*)source) << 16).AsSingle();
        if (typeof(T) == typeof(sbyte)) return Vector512.ConvertToSingle(Int32s((sbyte*)source));
        throw new NotSupportedException($"rows of {typeof(T)}");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> value, float* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> left, Vector512<float> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> left, Vector512<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> addend) =>
        Vector512.MultiplyAddEstimate(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> FusedMultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> addend) =>
        Vector512.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> value) => Lanes256.Sum(Halve(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d) =>
        Lanes256.Sum(Halve(a), Halve(b), Halve(c), Halve(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Halve(Vector512<float> value) => value.GetLower() + value.GetUpper();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Int32s(short* source)
    {
        Vector256<short> narrow = Vector256.Load(source);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(narrow);
        return Vector512.Create(Vector256.WidenLower(narrow), Vector256.WidenUpper(narrow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Int32s(sbyte* source)
    {
        Vector128<sbyte> narrow = Vector128.Load(source);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(narrow);
        Vector256<short> words = Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow));
        return Vector512.Create(Vector256.WidenLower(words), Vector256.WidenUpper(words));
    }
}
