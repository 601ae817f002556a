using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>What a blocked product needs of a register of floats. Each lane adds in the order of the rows' elements, so the width never changes the bits.</summary>
internal unsafe interface IFloatLanes<TVector> where TVector : struct
{
    static abstract int Count { get; }
    static abstract TVector Zero { get; }
    static abstract TVector Create(float value);
    static abstract TVector Load(float* source);
    static abstract void Store(TVector value, float* destination);
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);
    static abstract TVector Add(TVector left, TVector right);
    static abstract TVector Subtract(TVector left, TVector right);
    static abstract TVector Multiply(TVector left, TVector right);
    static abstract TVector Divide(TVector left, TVector right);
    static abstract TVector SquareRoot(TVector value);
    static abstract TVector Exponential(TVector value);
    static abstract TVector Maximum(TVector left, TVector right);
    static abstract int CountGreater(TVector left, TVector right);
    static abstract int CountGreaterOrEqual(TVector left, TVector right);
    static abstract bool AnyGreater(TVector left, TVector right);
    static abstract void AddAsDoubles(TVector value, double* destination);
}

internal readonly unsafe struct FloatLanes512 : IFloatLanes<Vector512<float>>
{
    public static int Count => 16;
    public static Vector512<float> Zero => Vector512<float>.Zero;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Create(float value) => Vector512.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Load(float* source) => Vector512.Load(source);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(Vector512<float> value, float* destination) => value.Store(destination);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> left, Vector512<float> right, Vector512<float> addend)
        => Vector512.FusedMultiplyAdd(left, right, addend);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Add(Vector512<float> left, Vector512<float> right) => left + right;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Subtract(Vector512<float> left, Vector512<float> right) => left - right;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Multiply(Vector512<float> left, Vector512<float> right) => left * right;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> Divide(Vector512<float> left, Vector512<float> right) => left / right;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector512<float> SquareRoot(Vector512<float> value) => Vector512.Sqrt(value);
    public static Vector512<float> Exponential(Vector512<float> value) => Vector512.Exp(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Maximum(Vector512<float> left, Vector512<float> right) => Vector512.MaxNative(left, right);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountGreater(Vector512<float> left, Vector512<float> right)
        => System.Numerics.BitOperations.PopCount(Vector512.GreaterThan(left, right).ExtractMostSignificantBits());
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountGreaterOrEqual(Vector512<float> left, Vector512<float> right)
        => System.Numerics.BitOperations.PopCount(Vector512.GreaterThanOrEqual(left, right).ExtractMostSignificantBits());
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyGreater(Vector512<float> left, Vector512<float> right) => Vector512.GreaterThanAny(left, right);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddAsDoubles(Vector512<float> value, double* destination)
    {
        (Vector512<double> low, Vector512<double> high) = Vector512.Widen(value);
        (Vector512.Load(destination) + low).Store(destination);
        (Vector512.Load(destination + 8) + high).Store(destination + 8);
    }
}

internal readonly unsafe struct FloatLanes256 : IFloatLanes<Vector256<float>>
{
    public static int Count => 8;
    public static Vector256<float> Zero => Vector256<float>.Zero;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Create(float value) => Vector256.Create(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Load(float* source) => Vector256.Load(source);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static void Store(Vector256<float> value, float* destination) => value.Store(destination);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> left, Vector256<float> right, Vector256<float> addend)
        => Vector256.FusedMultiplyAdd(left, right, addend);
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Add(Vector256<float> left, Vector256<float> right) => left + right;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Subtract(Vector256<float> left, Vector256<float> right) => left - right;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Multiply(Vector256<float> left, Vector256<float> right) => left * right;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> Divide(Vector256<float> left, Vector256<float> right) => left / right;
    [MethodImpl(MethodImplOptions.AggressiveInlining)] public static Vector256<float> SquareRoot(Vector256<float> value) => Vector256.Sqrt(value);
    public static Vector256<float> Exponential(Vector256<float> value) => Vector256.Exp(value);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Maximum(Vector256<float> left, Vector256<float> right) => Vector256.MaxNative(left, right);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountGreater(Vector256<float> left, Vector256<float> right)
        => System.Numerics.BitOperations.PopCount(Vector256.GreaterThan(left, right).ExtractMostSignificantBits());
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountGreaterOrEqual(Vector256<float> left, Vector256<float> right)
        => System.Numerics.BitOperations.PopCount(Vector256.GreaterThanOrEqual(left, right).ExtractMostSignificantBits());
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyGreater(Vector256<float> left, Vector256<float> right) => Vector256.GreaterThanAny(left, right);
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddAsDoubles(Vector256<float> value, double* destination)
    {
        (Vector256<double> low, Vector256<double> high) = Vector256.Widen(value);
        (Vector256.Load(destination) + low).Store(destination);
        (Vector256.Load(destination + 4) + high).Store(destination + 4);
    }
}
