using System.Globalization;
using System.Text;

using VecStore.Formats.Text;

namespace VecStore.Formats.Tests.Text;

public class FloatTextTests
{
    private const int Seed = 20_261_121;

    private static float Parse(string text)
    {
        int at = 0;
        Assert.True(FloatText.TryParse(Encoding.ASCII.GetBytes(text), ref at, out float value), text);
        Assert.Equal(text.Length, at);
        return value;
    }

    private static void SameAsTheFramework(string text) => Assert.True(
        BitConverter.SingleToUInt32Bits(float.Parse(text, CultureInfo.InvariantCulture)) == BitConverter.SingleToUInt32Bits(Parse(text)), text);

    [Theory]
    [InlineData("0")]
    [InlineData("-0")]
    [InlineData("+1.5")]
    [InlineData(".5")]
    [InlineData("5.")]
    [InlineData("-0.038194")]
    [InlineData("1e-45")]
    [InlineData("1.1754943508222875E-38")]
    [InlineData("1.17549429e-38")]
    [InlineData("3.4028235e38")]
    [InlineData("3.4028236e38")]
    [InlineData("1e400")]
    [InlineData("1e-400")]
    [InlineData("16777217")]
    [InlineData("16777216.999999999")]
    [InlineData("1.00000005960464477539062500")]
    [InlineData("1.0000000596046447754")]
    [InlineData("1.000000178813934326171875")]
    [InlineData("9007199254740993")]
    [InlineData("18446744073709551615")]
    [InlineData("99999999999999999999999")]
    [InlineData("0.000000000000000000000000000000000000000001")]
    [InlineData("7.0064923216240853546186479164495e-46")]
    public void Corner_cases_round_as_the_framework_rounds(string text) => SameAsTheFramework(text);

    [Theory]
    [InlineData("nan", float.NaN)]
    [InlineData("NaN", float.NaN)]
    [InlineData("-nan", float.NaN)]
    [InlineData("inf", float.PositiveInfinity)]
    [InlineData("-inf", float.NegativeInfinity)]
    [InlineData("Infinity", float.PositiveInfinity)]
    [InlineData("-INFINITY", float.NegativeInfinity)]
    public void C_and_Python_names_of_special_values_are_read(string text, float value) => Assert.Equal(value, Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1e")]
    [InlineData("1.2.3")]
    [InlineData("0x10")]
    [InlineData("abc")]
    [InlineData("1f")]
    [InlineData("--1")]
    [InlineData("1e+")]
    public void What_is_not_a_number_is_refused(string text)
    {
        int at = 0;
        Assert.False(FloatText.TryParse(Encoding.ASCII.GetBytes(text), ref at, out _));
        Assert.Equal(0, at);
    }

    [Fact]
    public void Random_decimals_round_as_the_framework_rounds()
    {
        Random random = new(Seed);
        for (int i = 0; i < 200_000; i++)
        {
            string digits = random.NextInt64(0, (long)Math.Pow(10, random.Next(1, 19))).ToString(CultureInfo.InvariantCulture);
            string text = random.Next(3) switch
            {
                0 => digits.Insert(random.Next(digits.Length + 1), "."),
                1 => $"-0.{new string('0', random.Next(4))}{digits}",
                _ => $"{digits}e{random.Next(-70, 50)}",
            };
            SameAsTheFramework(text);
        }
    }

    [Fact]
    public void Every_way_of_printing_random_floats_reads_back_to_the_same_bits()
    {
        Random random = new(Seed);
        for (int i = 0; i < 100_000; i++)
        {
            float value = BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32));
            if (!float.IsFinite(value)) continue;
            Assert.Equal(value, Parse(value.ToString(CultureInfo.InvariantCulture)));
            Assert.Equal(value, Parse(value.ToString("E8", CultureInfo.InvariantCulture)));
            Assert.Equal(value, Parse(((double)value).ToString("R", CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public void Decimals_at_and_beside_the_midpoints_of_floats_round_as_the_framework_rounds()
    {
        Random random = new(Seed);
        for (int i = 0; i < 60_000; i++)
        {
            float low = BitConverter.UInt32BitsToSingle((uint)random.Next(0x2000_0000, 0x5F00_0000));
            double middle = ((double)low + MathF.BitIncrement(low)) / 2;
            SameAsTheFramework(middle.ToString("E16", CultureInfo.InvariantCulture));
            SameAsTheFramework(middle.ToString("E18", CultureInfo.InvariantCulture));
            SameAsTheFramework(Math.BitIncrement(middle).ToString("E17", CultureInfo.InvariantCulture));
            SameAsTheFramework(Math.BitDecrement(middle).ToString("E17", CultureInfo.InvariantCulture));
        }
    }
}
