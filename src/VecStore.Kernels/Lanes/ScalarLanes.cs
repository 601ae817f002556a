using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>One float at a time: the plain loop.</summary>
internal readonly unsafe struct ScalarLanes : ILanes<float>
{
    public static int Count => 1;

    public static bool HasManyRegisters => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Broadcast(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load<T>(T* source) where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return *(float*)source;
        if (typeof(T) == typeof(Half)) return (float)*(Half*)source;
        if (typeof(T) == typeof(BFloat16)) return (float)*(BFloat16*)source;
        if (typeof(T) == typeof(sbyte)) return *(sbyte*)source;
        throw new NotSupportedException($"rows of {typeof(T)}");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float value, float* target) => *target = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Subtract(float left, float right) => left - right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Multiply(float left, float right) => left * right;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float left, float right, float addend) => float.MultiplyAddEstimate(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float FusedMultiplyAdd(float left, float right, float addend) => MathF.FusedMultiplyAdd(left, right, addend);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sum(float a, float b, float c, float d) => Vector128.Create(a, b, c, d);
}
