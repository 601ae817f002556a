using System.Runtime.Intrinsics;

namespace VecStore.Kernels.Tests;

public sealed unsafe class Int8CodeTests
{
    [Theory]
    [InlineData(LaneWidth.Scalar)]
    [InlineData(LaneWidth.Bits128)]
    [InlineData(LaneWidth.Bits256)]
    [InlineData(LaneWidth.Bits512)]
    public void Inner_products_are_exact(LaneWidth width)
    {
        foreach (int dimension in PairKernelTests.Dimensions)
        {
            var random = new Random(dimension);
            using var codes = new AlignedRows<byte>(9, dimension);
            using var elements = new GuardedMemory(Int8Code.PaddedLength(dimension));
            foreach (bool extreme in (bool[])[false, true])
            {
                for (int i = 0; i < dimension; i++) elements.Span<sbyte>()[i] = (sbyte)(extreme ? (random.Next(2) * 254) - 127 : random.Next(-127, 128));
                for (int row = 0; row < 9; row++)
                {
                    for (int i = 0; i < dimension; i++) codes[row][i] = (byte)(extreme ? 1 + (random.Next(2) * 254) : random.Next(1, 256));
                }
                var query = new Int8Query((sbyte*)elements.Start, dimension);
                var dots = new int[9];
                int[] picks = [8, 1, 1, 0, 7, 2];
                var gathered = new int[picks.Length];
                Int8Code.Rows(width, query, codes.Block, dots);
                Int8Code.Gather(width, query, codes.Block, picks, gathered);
                for (int row = 0; row < 9; row++)
                {
                    int expected = 0;
                    for (int i = 0; i < dimension; i++) expected += query.Elements[i] * (codes[row][i] - 128);
                    Assert.True(expected == dots[row], $"dimension {dimension}: {dots[row]} for {expected}");
                }
                Assert.Equal(picks.Select(pick => dots[pick]), gathered);
                for (int row = 0; row < 9; row++) Assert.Equal(codes[row].ToArray().Take(dimension).Sum(c => (c - 128) * (c - 128)), Int8Code.Squares((byte*)codes.Block.Row(row), dimension));
            }
        }
    }

    [Theory]
    [InlineData(LaneWidth.Scalar)]
    [InlineData(LaneWidth.Bits128)]
    [InlineData(LaneWidth.Bits256)]
    [InlineData(LaneWidth.Bits512)]
    public void The_largest_dimension_does_not_overflow(LaneWidth width)
    {
        using var codes = new AlignedRows<byte>(1, Int8Code.MaxDimension);
        using var elements = new GuardedMemory(Int8Code.PaddedLength(Int8Code.MaxDimension));
        codes[0].Fill(255);
        elements.Span<sbyte>()[..Int8Code.MaxDimension].Fill(127);
        var dots = new int[1];
        Int8Code.Rows(width, new Int8Query((sbyte*)elements.Start, Int8Code.MaxDimension), codes.Block, dots);
        Assert.Equal(Int8Code.MaxDimension * 127 * 127, dots[0]);
        codes[0].Fill(1);
        Int8Code.Rows(width, new Int8Query((sbyte*)elements.Start, Int8Code.MaxDimension), codes.Block, dots);
        Assert.Equal(-Int8Code.MaxDimension * 127 * 127, dots[0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Int8Query(null, Int8Code.MaxDimension + 1));
    }

    [Fact]
    public void The_path_without_SSSE3_gives_the_same()
    {
        var random = new Random(3);
        sbyte* query = stackalloc sbyte[16];
        byte* code = stackalloc byte[16];
        for (int turn = 0; turn < 1000; turn++)
        {
            int expected = 0, bias = 0;
            for (int i = 0; i < 16; i++)
            {
                query[i] = (sbyte)random.Next(-127, 128);
                code[i] = (byte)random.Next(1, 256);
                expected += query[i] * (code[i] - 128);
                bias += 128 * query[i];
            }
            Assert.Equal(expected, Vector128.Sum(Vector128Step.AddWidened(default, Vector128.Load(query), Vector128.Load(code))) - bias);
        }
    }

    [Fact]
    public void Codes_approximate_the_inner_product()
    {
        foreach (int dimension in (int[])[1, 5, 31, 32, 33, 100, 768])
        {
            var random = new Random(dimension);
            float[] x = Elements.Gaussian(random, dimension), y = Elements.Gaussian(random, dimension, 1e-3);
            int padded = Int8Code.PaddedLength(dimension);
            using var code = new AlignedRows<byte>(1, padded);
            using var elements = new GuardedMemory(padded);
            using var again = new GuardedMemory(padded);
            float codeScale = Int8Code.Encode(y, code[0]), queryScale = Int8Code.EncodeQuery(x, elements.Span<sbyte>());
            double expected = x.Zip(y).Sum(pair => (double)pair.First * pair.Second);
            double actual = (double)codeScale * queryScale * Int8Code.Dot(new Int8Query((sbyte*)elements.Start, dimension), code.Block.Row(0));
            double bound = 0.51 * ((queryScale * y.Sum(MathF.Abs)) + (codeScale * x.Sum(MathF.Abs)) + (dimension * queryScale * codeScale));
            Assert.True(Math.Abs(expected - actual) <= bound, $"dimension {dimension}: {actual} for {expected}");

            // A code is a query too: the product with itself is its squared length.
            Int8Code.ToQuery(code[0][..dimension], again.Span<sbyte>());
            int squares = again.Span<sbyte>().ToArray().Sum(element => element * element);
            Assert.Equal(squares, Int8Code.Dot(new Int8Query((sbyte*)again.Start, dimension), code.Block.Row(0)));
            for (int i = dimension; i < padded; i++) Assert.Equal((Int8Code.Zero, 0), (code[0][i], again.Span<sbyte>()[i]));
        }
    }

    [Fact]
    public void A_pick_outside_the_block_is_refused()
    {
        using var codes = new AlignedRows<byte>(3, 64);
        using var elements = new GuardedMemory(64);
        foreach (int bad in (int[])[-1, 3, int.MaxValue])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Int8Code.Gather(new Int8Query((sbyte*)elements.Start, 64), codes.Block, [0, bad], new int[2]));
        }
    }
}
