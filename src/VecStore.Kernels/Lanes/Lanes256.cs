using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>8 floats at a time: AVX2.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    public static int Count => 8;

    public static bool HasManyRegisters => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load<T>(T* source) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return Vector256.Load((float*)source);
        if (typeof(T) == typeof(Half)) return HalfBits.Widen(Int32s((short*)source));
        if (typeof(T) == typeof(BFloat16)) return (Int32s((short*)source) << 16).AsSingle();
        if (typeof(T) == typeof(sbyte)) return Vector256.ConvertToSingle(Int32s((sbyte*)source));
        throw new NotSupportedException($"rows of {typeof(T)}");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> value, float* target) => value.Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> left, Vector256<float> right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> left, Vector256<float> right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> addend) =>
        Vector256.MultiplyAddEstimate(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> FusedMultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> addend) =>
        Vector256.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> value) => Lanes128.Sum(Halve(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) =>
        Lanes128.Sum(Halve(a), Halve(b), Halve(c), Halve(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Halve(Vector256<float> value) => value.GetLower() + value.GetUpper();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Int32s(short* source)
    {
        if (Avx2.IsSupported) return Avx2.ConvertToVector256Int32(source);
        Vector128<short> narrow = Vector128.Load(source);
        return Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Int32s(sbyte* source)
    {
        if (Avx2.IsSupported) return Avx2.ConvertToVector256Int32(source);
        Vector128<short> narrow = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)source).AsSByte());
        return Vector256.Create(Vector128.WidenLower(narrow), Vector128.WidenUpper(narrow));
    }
}
