using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>How one instruction set multiplies query elements and biased codes. Sums are integers modulo 2^32, exact in the end.</summary>
/// <typeparam name="Q">Register of query elements.</typeparam>
/// <typeparam name="S">Register of sums.</typeparam>
internal unsafe interface ICodeStep<Q, S> where Q : struct where S : struct
{
    /// <summary>Elements in a step.</summary>
    static abstract int Count { get; }

    /// <summary>What a total has too much: the same for every code.</summary>
    static abstract int Excess(in Int8Query query);

    static abstract Q Load(sbyte* query);

    static abstract S Add(S sum, Q query, byte* code);

    static abstract Vector128<int> Total(S a, S b, S c, S d);
}
