using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>
/// A register of <see cref="Count"/> floats of type <typeparamref name="V"/>, and what loops do with it. Loops are written once over this
/// interface as a type argument; the compiler makes one copy for each width, with everything inlined.
/// </summary>
internal unsafe interface ILanes<V> where V : struct
{
    /// <summary>Floats in a register.</summary>
    static abstract int Count { get; }

    /// <summary>True when there are 32 registers, so that a block of 6 x 4 sums fits.</summary>
    static abstract bool HasManyRegisters { get; }

    static abstract V Broadcast(float value);

    /// <summary>Reads <see cref="Count"/> elements of float, Half, BFloat16 or sbyte, widened exactly to floats.</summary>
    static abstract V Load<T>(T* source) where T : unmanaged;

    static abstract void Store(V value, float* target);

    static abstract V Subtract(V left, V right);

    static abstract V Multiply(V left, V right);

    /// <summary>left * right + addend, rounded once where the processor can.</summary>
    static abstract V MultiplyAdd(V left, V right, V addend);

    /// <summary>left * right + addend, rounded once on every processor: slow where it lacks the instruction, but the same bits.</summary>
    static abstract V FusedMultiplyAdd(V left, V right, V addend);

    /// <summary>
    /// The sum of the lanes: upper half onto lower half down to 4 lanes, then (0 + 1) + (2 + 3). Every path uses this order, so that
    /// bits do not depend on the path.
    /// </summary>
    static abstract float Sum(V value);

    /// <summary>The sums of four registers at once, same bits.</summary>
    static abstract Vector128<float> Sum(V a, V b, V c, V d);
}
