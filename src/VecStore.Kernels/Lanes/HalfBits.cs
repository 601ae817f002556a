using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>
/// Half to float without F16C, which .NET does not expose. The 15 bits below the sign, moved up by 13, are a float that is 2^112 too
/// small, denormals included; one exact multiplication puts that right. Infinity and NaN get the largest exponent before it.
/// The bits of the halves come sign-extended to 32 bits.
/// </summary>
internal static class HalfBits
{
    private const int SignAndMagnitude = unchecked((int)0x8FFFE000), HalfExponent = 0x0F800000, UpperExponent = 0x70000000;
    private const float TwoTo112 = 5192296858534827628530496329220096f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Widen(Vector128<int> extended)
    {
        Vector128<int> bits = (extended << 13) & Vector128.Create(SignAndMagnitude);
        Vector128<int> special = Vector128.Equals(bits & Vector128.Create(HalfExponent), Vector128.Create(HalfExponent));
        return (bits | (special & Vector128.Create(UpperExponent))).AsSingle() * Vector128.Create(TwoTo112);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Widen(Vector256<int> extended)
    {
        Vector256<int> bits = (extended << 13) & Vector256.Create(SignAndMagnitude);
        Vector256<int> special = Vector256.Equals(bits & Vector256.Create(HalfExponent), Vector256.Create(HalfExponent));
        return (bits | (special & Vector256.Create(UpperExponent))).AsSingle() * Vector256.Create(TwoTo112);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Widen(Vector512<int> extended)
    {
        Vector512<int> bits = (extended << 13) & Vector512.Create(SignAndMagnitude);
        Vector512<int> special = Vector512.Equals(bits & Vector512.Create(HalfExponent), Vector512.Create(HalfExponent));
        return (bits | (special & Vector512.Create(UpperExponent))).AsSingle() * Vector512.Create(TwoTo112);
    }
}
