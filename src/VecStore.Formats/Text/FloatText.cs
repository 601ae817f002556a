using System.Globalization;

namespace VecStore.Formats.Text;

/// <summary>Decimal text to the nearest float32: the same bits as float.Parse, without its cost for the numbers that files hold.</summary>
/// <remarks>Beyond float.Parse it takes nan and inf as C prints them. Clinger, "How to read floating point numbers accurately" (1990),
/// for the exact case; otherwise a double within 2 ulp decides, unless it is too near a midpoint of two floats.</remarks>
internal static class FloatText
{
    private const int MostPower = 60;
    private const int ExactFloatPower = 10;

    private static readonly float[] FloatPowers = [.. Enumerable.Range(0, ExactFloatPower + 1).Select(power => (float)Math.Pow(10, power))];
    private static readonly double[] Powers =
        [.. Enumerable.Range(0, MostPower + 1).Select(power => double.Parse($"1e{power}", CultureInfo.InvariantCulture))];

    /// <summary>Reads the number at <paramref name="at"/>, which moves behind it; what follows is the caller's to check.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, ref int at, out float value)
    {
        int i = at;
        bool negative = false;
        if ((uint)i < (uint)text.Length && text[i] is (byte)'-' or (byte)'+') negative = text[i++] == '-';
        ulong digits = 0;
        int start = i;
        for (; (uint)i < (uint)text.Length && (uint)(text[i] - '0') <= 9; i++) digits = digits * 10 + (uint)(text[i] - '0');
        int count = i - start;
        int power = 0;
        if ((uint)i < (uint)text.Length && text[i] == '.')
        {
            start = ++i;
            for (; (uint)i < (uint)text.Length && (uint)(text[i] - '0') <= 9; i++) digits = digits * 10 + (uint)(text[i] - '0');
            power = start - i;
            count -= power;
        }
        // 19 digits always fit in 64 bits.
        if (count is 0 or > 19) return TryParseSlowly(text, ref at, out value);
        if ((uint)i < (uint)text.Length && text[i] is (byte)'e' or (byte)'E')
        {
            i++;
            bool down = false;
            if ((uint)i < (uint)text.Length && text[i] is (byte)'-' or (byte)'+') down = text[i++] == '-';
            start = i;
            int exponent = 0;
            for (; (uint)i < (uint)text.Length && (uint)(text[i] - '0') <= 9 && i - start < 5; i++) exponent = exponent * 10 + (text[i] - '0');
            if (i == start) return TryParseSlowly(text, ref at, out value);
            power += down ? -exponent : exponent;
        }
        if (((uint)i < (uint)text.Length && IsNumberByte(text[i])) || !TryRound(digits, power, out value))
            return TryParseSlowly(text, ref at, out value);
        if (negative) value = -value;
        at = i;
        return true;
    }

    private static bool TryRound(ulong digits, int power, out float value)
    {
        if (digits <= 1 << 24 && power is >= -ExactFloatPower and <= ExactFloatPower)
        {
            // Both operands are exact, the one operation rounds once.
            value = power < 0 ? digits / FloatPowers[-power] : digits * FloatPowers[power];
            return true;
        }
        value = 0;
        if (digits == 0) return true;
        if (power is < -MostPower or > MostPower) return false;
        double near = power < 0 ? digits / Powers[-power] : digits * Powers[power];
        if (near is < 1.1754943508222875E-38 or > float.MaxValue) return false;
        // The 29 bits that float drops: half of them is the midpoint, 2 ulp the error of the two roundings and the power.
        int dropped = (int)(BitConverter.DoubleToUInt64Bits(near) & 0x1FFF_FFFF);
        if (Math.Abs(dropped - 0x1000_0000) <= 4) return false;
        value = (float)near;
        return true;
    }

    private static bool TryParseSlowly(ReadOnlySpan<byte> text, ref int at, out float value)
    {
        int end = at;
        while (end < text.Length && IsNumberByte(text[end])) end++;
        ReadOnlySpan<byte> token = text[at..end];
        if (!float.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && !TryNamed(token, out value)) return false;
        at = end;
        return true;
    }

    private static bool TryNamed(ReadOnlySpan<byte> token, out float value)
    {
        bool negative = token.StartsWith("-"u8);
        if (negative || token.StartsWith("+"u8)) token = token[1..];
        value = float.NaN;
        if (System.Text.Ascii.EqualsIgnoreCase(token, "nan"u8)) return true;
        value = negative ? float.NegativeInfinity : float.PositiveInfinity;
        return System.Text.Ascii.EqualsIgnoreCase(token, "inf"u8) || System.Text.Ascii.EqualsIgnoreCase(token, "infinity"u8);
    }

    private static bool IsNumberByte(byte value) => char.IsAsciiLetterOrDigit((char)value) || value is (byte)'.' or (byte)'+' or (byte)'-';
}
