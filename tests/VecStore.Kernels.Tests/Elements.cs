namespace VecStore.Kernels.Tests;

/// <summary>Elements as the oracle sees them: narrowed and widened by the runtime's own scalar conversions.</summary>
internal static class Elements
{
    public static readonly LaneWidth[] Widths = [LaneWidth.Scalar, LaneWidth.Bits128, LaneWidth.Bits256, LaneWidth.Bits512];

    public static int LaneCount(LaneWidth width) => Math.Max(1, (int)width / 32);

    /// <summary>Float vectors to elements; int8 by rounding, so vectors for it should reach some tens.</summary>
    public static void Narrow<T>(ReadOnlySpan<float> source, Span<T> target) where T : unmanaged
    {
        for (int i = 0; i < source.Length; i++)
        {
            target[i] = source[i] switch
            {
                _ when typeof(T) == typeof(float) => (T)(object)source[i],
                _ when typeof(T) == typeof(Half) => (T)(object)(Half)source[i],
                _ when typeof(T) == typeof(BFloat16) => (T)(object)(BFloat16)source[i],
                _ => (T)(object)(sbyte)Math.Clamp(MathF.Round(source[i]), -128, 127),
            };
        }
    }

    public static double Widen<T>(T element) where T : unmanaged => element switch
    {
        float x => x,
        Half x => (double)x,
        BFloat16 x => (double)(float)x,
        sbyte x => x,
        _ => throw new NotSupportedException(),
    };

    /// <summary>Normally distributed elements.</summary>
    public static float[] Gaussian(Random random, int dimension, double deviation = 1)
    {
        var vector = new float[dimension];
        for (int i = 0; i < dimension; i++)
            vector[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return vector;
    }

    public static float[][] Gaussian(Random random, int count, int dimension, double deviation) =>
        [.. Enumerable.Range(0, count).Select(_ => Gaussian(random, dimension, deviation))];
}
