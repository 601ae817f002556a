namespace VecStore.Kernels;
internal static class Convert
{
    public static void ToHalf(ReadOnlySpan<float> x, Span<Half> y) { for (int i = 0; i < x.Length; i++) y[i] = (Half)x[i]; }
    public static void ToBFloat16(ReadOnlySpan<float> x, Span<BFloat16> y) { for (int i = 0; i < x.Length; i++) y[i] = (BFloat16)x[i]; }
    public static float ToInt8(ReadOnlySpan<float> x, Span<sbyte> y) { float m = 0; foreach (float v in x) m = Math.Max(m, Math.Abs(v)); if (m == 0) { y.Clear(); return 0; } for (int i = 0; i < x.Length; i++) y[i] = (sbyte)Math.Round(x[i] / m * 127); return m / 127; }
    public static void ToFloat(ReadOnlySpan<Half> x, Span<float> y) { for (int i = 0; i < x.Length; i++) y[i] = (float)x[i]; }
    public static void ToFloat(ReadOnlySpan<BFloat16> x, Span<float> y) { for (int i = 0; i < x.Length; i++) y[i] = (float)x[i]; }
    public static void ToFloat(ReadOnlySpan<sbyte> x, float s, Span<float> y) { for (int i = 0; i < x.Length; i++) y[i] = x[i] * s; }
}
internal static class Norm
{
    public static float Inverse<T>(ReadOnlySpan<T> x) where T : unmanaged { double s = 0; foreach (T t in x) { double v = t switch { float f => f, Half h => (double)h, BFloat16 b => (float)b, sbyte q => q, _ => 0 }; s += v * v; } return s == 0 ? 0 : (float)(1 / Math.Sqrt(s)); }
}
