using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>Floats rounded to smaller elements, eight at a time.</summary>
internal static unsafe class Narrowing
{
    /// <summary>The bits of halves, in the lower 16 of each lane. After F. Giesen, float_to_half_fast3_rtne.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ToHalf(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32(), magnitude = bits & Vector256.Create(0x7FFFFFFFu);
        // Normal: rebias the exponent by 15 - 127, add half of the last place (and its lowest bit: ties to even), shift. 65520 and up becomes infinity by itself.
        Vector256<uint> normal = (magnitude + Vector256.Create(0xC8000FFFu) + ((magnitude >> 13) & Vector256<uint>.One)) >> 13;
        // Subnormal: adding 0.5 leaves the right bits, rounded by the processor, at the bottom.
        Vector256<uint> subnormal = (magnitude.AsSingle() + Vector256.Create(0.5f)).AsUInt32() - Vector256.Create(0x3F000000u);
        Vector256<uint> result = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(0x38800000u)), subnormal, normal);
        Vector256<uint> special = Vector256.Create(0x7C00u)
            | (Vector256.GreaterThan(magnitude, Vector256.Create(0x7F800000u)) & (((magnitude >> 13) & Vector256.Create(0x3FFu)) | Vector256.Create(0x200u)));
        result = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x47800000u)), special, result);
        return result | ((bits >> 16) & Vector256.Create(0x8000u));
    }

    /// <summary>The bits of bfloat16s, in the lower 16 of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> ToBFloat16(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32(), upper = bits >> 16;
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + (upper & Vector256<uint>.One)) >> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, upper | Vector256.Create(0x40u));
    }

    /// <summary>Eight floats in units of a scale, to nearest even, within -127 .. 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> ToUnits(float* source, float scale)
    {
        Vector256<float> units = Vector256.Round(Vector256.Load(source) / Vector256.Create(scale));
        return Vector256.ConvertToInt32(Vector256.Max(Vector256.Min(units, Vector256.Create(127f)), Vector256.Create(-127f)));
    }

    /// <summary>max |x|; infinity or NaN when there is one of them.</summary>
    public static float LargestMagnitude(ReadOnlySpan<float> vector)
    {
        // Magnitudes compare as integers do, infinity and NaN above all else.
        int i = 0;
        uint largest = 0;
        fixed (float* elements = vector)
        {
            if (Lanes.Width != LaneWidth.Scalar && vector.Length >= 8)
            {
                Vector256<uint> lanes = default;
                for (; i <= vector.Length - 8; i += 8)
                    lanes = Vector256.Max(lanes, Vector256.Load((uint*)elements + i) & Vector256.Create(0x7FFFFFFFu));
                for (int lane = 0; lane < 8; lane++) largest = Math.Max(largest, lanes[lane]);
            }
            for (; i < vector.Length; i++) largest = Math.Max(largest, ((uint*)elements)[i] & 0x7FFFFFFF);
        }
        return BitConverter.UInt32BitsToSingle(largest);
    }
}
