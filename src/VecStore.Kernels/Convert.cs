using System.Runtime.Intrinsics;

namespace VecStore.Kernels;

/// <summary>
/// Float vectors to stored elements and back. To 16 bits: nearest, ties to even, overflow to infinity, NaN stays NaN. To int8: scale = max |x| / 127,
/// element = x / scale rounded to nearest even, so |x - scale * element| &lt;= 0.5005 * scale. Same bits at every lane width. Widening is exact.
/// </summary>
public static unsafe class Convert
{
    private const int Step = 16;

    /// <summary>Rounds to binary16.</summary>
    public static void ToHalf(ReadOnlySpan<float> source, Span<Half> target)
    {
        RequireRoom(source.Length, target.Length);
        int i = 0;
        fixed (float* from = source)
        fixed (Half* into = target)
        {
            if (Lanes.Width != LaneWidth.Scalar)
            {
                for (; i <= source.Length - Step; i += Step)
                    Vector256.Narrow(Narrowing.ToHalf(Vector256.Load(from + i)), Narrowing.ToHalf(Vector256.Load(from + i + 8))).Store((ushort*)into + i);
            }
        }
        for (; i < source.Length; i++) target[i] = (Half)source[i];
    }

    /// <summary>Rounds to bfloat16.</summary>
    public static void ToBFloat16(ReadOnlySpan<float> source, Span<BFloat16> target)
    {
        RequireRoom(source.Length, target.Length);
        int i = 0;
        fixed (float* from = source)
        fixed (BFloat16* into = target)
        {
            if (Lanes.Width != LaneWidth.Scalar)
            {
                for (; i <= source.Length - Step; i += Step)
                    Vector256.Narrow(Narrowing.ToBFloat16(Vector256.Load(from + i)), Narrowing.ToBFloat16(Vector256.Load(from + i + 8))).Store((ushort*)into + i);
            }
        }
        for (; i < source.Length; i++) target[i] = (BFloat16)source[i];
    }

    /// <summary>
    /// Rounds to -127 .. 127 in units of the scale that is returned; scale 0 and zeros for a zero vector.
    /// Throws <see cref="ArgumentException"/> when an element is not finite.
    /// </summary>
    public static float ToInt8(ReadOnlySpan<float> source, Span<sbyte> target)
    {
        RequireRoom(source.Length, target.Length);
        float scale = Narrowing.LargestMagnitude(source) / sbyte.MaxValue;
        if (!float.IsFinite(scale)) throw new ArgumentException("int8 elements are made from finite numbers only", nameof(source));
        if (scale == 0)
        {
            target[..source.Length].Clear();
            return 0;
        }
        int i = 0;
        fixed (float* from = source)
        fixed (sbyte* into = target)
        {
            if (Lanes.Width != LaneWidth.Scalar)
            {
                for (; i <= source.Length - (2 * Step); i += 2 * Step)
                {
                    Vector256<short> low = Vector256.Narrow(Narrowing.ToUnits(from + i, scale), Narrowing.ToUnits(from + i + 8, scale));
                    Vector256<short> high = Vector256.Narrow(Narrowing.ToUnits(from + i + 16, scale), Narrowing.ToUnits(from + i + 24, scale));
                    Vector256.Narrow(low, high).Store(into + i);
                }
            }
        }
        for (; i < source.Length; i++) target[i] = (sbyte)Math.Clamp(MathF.Round(source[i] / scale), -sbyte.MaxValue, sbyte.MaxValue);
        return scale;
    }

    /// <summary>Widens elements of any type; int8 as integers.</summary>
    public static void ToFloat<T>(ReadOnlySpan<T> source, Span<float> target) where T : unmanaged
    {
        RequireRoom(source.Length, target.Length);
        fixed (T* from = source)
        fixed (float* into = target) Widening.Elements(Lanes.Width, from, source.Length, 1, into);
    }

    /// <summary>Widens int8 elements and multiplies by their scale.</summary>
    public static void ToFloat(ReadOnlySpan<sbyte> source, float scale, Span<float> target)
    {
        RequireRoom(source.Length, target.Length);
        fixed (sbyte* from = source)
        fixed (float* into = target) Widening.Elements(Lanes.Width, from, source.Length, scale, into);
    }

    private static void RequireRoom(int length, int room)
    {
        if (room < length) throw new ArgumentException($"room for {room} elements, {length} given");
    }
}
