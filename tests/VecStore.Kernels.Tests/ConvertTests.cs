namespace VecStore.Kernels.Tests;

/// <summary>Conversions against the runtime's scalar ones, value by value.</summary>
public sealed unsafe class ConvertTests
{
    [Theory]
    [InlineData(LaneWidth.Scalar)]
    [InlineData(LaneWidth.Bits128)]
    [InlineData(LaneWidth.Bits256)]
    [InlineData(LaneWidth.Bits512)]
    public void Every_half_widens_exactly(LaneWidth width)
    {
        using var source = new GuardedMemory(65536 * sizeof(Half));
        using var target = new GuardedMemory(65536 * sizeof(float));
        for (int i = 0; i < 65536; i++) source.Span<Half>()[i] = BitConverter.UInt16BitsToHalf((ushort)i);
        Widening.Elements(width, (Half*)source.Start, 65536, 1, (float*)target.Start);
        for (int i = 0; i < 65536; i++)
        {
            float expected = (float)source.Span<Half>()[i], actual = target.Span<float>()[i];
            Assert.True(Same(expected, actual), $"half {i:X4}: {actual} for {expected}");
        }
    }

    [Theory]
    [InlineData(LaneWidth.Scalar)]
    [InlineData(LaneWidth.Bits128)]
    [InlineData(LaneWidth.Bits256)]
    [InlineData(LaneWidth.Bits512)]
    public void Every_bfloat16_and_int8_widens_exactly(LaneWidth width)
    {
        var brains = new BFloat16[65536];
        for (int i = 0; i < 65536; i++) brains[i] = new((ushort)i);
        var bytes = new sbyte[256];
        for (int i = 0; i < 256; i++) bytes[i] = (sbyte)(i - 128);
        var wide = new float[65536];
        fixed (BFloat16* from = brains)
        fixed (float* into = wide) Widening.Elements(width, from, 65536, 1, into);
        for (int i = 0; i < 65536; i++) Assert.True(Same(BitConverter.UInt32BitsToSingle((uint)i << 16), wide[i]), $"bfloat16 {i:X4}: {wide[i]}");
        fixed (sbyte* from = bytes)
        fixed (float* into = wide) Widening.Elements(width, from, 256, 0.25f, into);
        for (int i = 0; i < 256; i++) Assert.Equal((i - 128) * 0.25f, wide[i]);
    }

    [Fact]
    public void Halves_are_rounded_to_nearest_even()
    {
        float[] source = Hard(Half.MaxValue, steps: 13);
        var halves = new Half[source.Length];
        Convert.ToHalf(source, halves);
        for (int i = 0; i < source.Length; i++)
        {
            Half expected = (Half)source[i];
            Assert.True(BitConverter.HalfToUInt16Bits(expected) == BitConverter.HalfToUInt16Bits(halves[i]) || (Half.IsNaN(expected) && Half.IsNaN(halves[i])),
                $"{source[i]:R}: {halves[i]} for {expected}");
        }
    }

    [Fact]
    public void Brain_floats_are_rounded_to_nearest_even()
    {
        float[] source = Hard(Half.MaxValue, steps: 16);
        var brains = new BFloat16[source.Length];
        Convert.ToBFloat16(source, brains);
        for (int i = 0; i < source.Length; i++)
        {
            if (float.IsNaN(source[i]))
            {
                Assert.True(float.IsNaN((float)brains[i]));
                continue;
            }
            // The two neighbours, the nearer of them, the even one on a tie; beyond the largest by the same rule with the next power of two.
            uint bits = BitConverter.SingleToUInt32Bits(source[i]), down = bits >> 16, rest = bits & 0xFFFF;
            uint expected = rest > 0x8000 || (rest == 0x8000 && (down & 1) == 1) ? down + 1 : down;
            Assert.Equal((ushort)expected, brains[i].Bits);
        }
    }

    [Fact]
    public void Int8_elements_are_within_half_a_scale()
    {
        for (int dimension = 1; dimension < 200; dimension++)
        {
            float[] source = Elements.Gaussian(new Random(dimension), dimension, Math.Pow(10, (dimension % 60) - 30));
            using var target = new GuardedMemory(dimension);
            float scale = Convert.ToInt8(source, target.Span<sbyte>());
            Assert.Equal(source.Max(MathF.Abs) / 127, scale);
            for (int i = 0; i < dimension; i++)
            {
                sbyte element = target.Span<sbyte>()[i];
                Assert.Equal((sbyte)MathF.Round(source[i] / scale), element);
                Assert.True(Math.Abs(source[i] - ((double)scale * element)) <= 0.5005 * scale, $"element {i} of {dimension}");
            }
        }
    }

    [Fact]
    public void Int8_of_zero_and_of_the_smallest_numbers_is_defined()
    {
        var target = new sbyte[40];
        target.AsSpan().Fill(5);
        Assert.Equal(0, Convert.ToInt8(new float[40], target));
        Assert.All(target, element => Assert.Equal(0, element));
        float[] tiny = new float[40];
        tiny[3] = float.Epsilon * 700;
        tiny[39] = -float.Epsilon * 700;
        Assert.True(Convert.ToInt8(tiny, target) > 0);
        Assert.Equal(-target[3], target[39]);
        Assert.InRange(target[3], 100, 127);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Int8_of_a_vector_that_is_not_finite_is_refused(float bad)
    {
        for (int position = 0; position < 33; position++)
        {
            float[] vector = Elements.Gaussian(new Random(position), 33);
            vector[position] = bad;
            Assert.Throws<ArgumentException>(() => Convert.ToInt8(vector, new sbyte[33]));
        }
    }

    [Fact]
    public void Conversions_stay_inside_their_spans()
    {
        for (int length = 0; length < 70; length++)
        {
            using var floats = new GuardedMemory(length * sizeof(float));
            using var halves = new GuardedMemory(length * sizeof(Half));
            Convert.ToHalf(floats.Span<float>(), halves.Span<Half>());
            Convert.ToFloat<Half>(halves.Span<Half>(), floats.Span<float>());
            Convert.ToBFloat16(floats.Span<float>(), halves.Span<BFloat16>());
            Convert.ToFloat<BFloat16>(halves.Span<BFloat16>(), floats.Span<float>());
        }
        Assert.Throws<ArgumentException>(() => Convert.ToHalf(new float[3], new Half[2]));
    }

    // Random bit patterns of all kinds, and each tie between two neighbouring narrow values with the floats beside it.
    private static float[] Hard(Half largest, int steps)
    {
        var random = new Random(7);
        var values = new List<float> { 0f, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon, float.MaxValue, (float)largest, 65519.996f, 65520f, 65535f, 65536f };
        for (int i = 0; i < 300_000; i++) values.Add(BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)));
        for (int i = 0; i < 60_000; i++)
        {
            uint tie = ((uint)random.Next(0, 1 << (32 - steps)) << steps) | (1u << (steps - 1));
            values.AddRange([BitConverter.UInt32BitsToSingle(tie), BitConverter.UInt32BitsToSingle(tie - 1), BitConverter.UInt32BitsToSingle(tie + 1)]);
        }
        // The whole range of halves, where random bits fall seldom.
        for (uint bits = 0x33000000; bits < 0x47A00000; bits += 997) values.AddRange([BitConverter.UInt32BitsToSingle(bits), -BitConverter.UInt32BitsToSingle(bits)]);
        return [.. values];
    }

    private static bool Same(float expected, float actual) =>
        BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(actual) || (float.IsNaN(expected) && float.IsNaN(actual));
}
