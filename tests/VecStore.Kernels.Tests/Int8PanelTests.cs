namespace VecStore.Kernels.Tests;

public sealed unsafe class Int8PanelTests
{
    [Theory]
    [InlineData(LaneWidth.Scalar)]
    [InlineData(LaneWidth.Bits256)]
    [InlineData(LaneWidth.Bits512)]
    public void Inner_products_are_exact(LaneWidth width)
    {
        foreach (int dimension in PairKernelTests.Dimensions)
        {
            foreach (int rows in (int[])[1, 5, 13])
            {
                foreach (bool extreme in (bool[])[false, true]) Compare(width, dimension, rows, extreme);
            }
        }
    }

    [Fact]
    public void The_largest_elements_do_not_overflow()
    {
        Compare(Lanes.Width, 65_536, 2, extreme: true);
        sbyte[] wrong = [1, 65];
        Assert.Throws<ArgumentOutOfRangeException>(() =>
        {
            using var panel = new GuardedMemory(Int8Panel.Bytes(2));
            Int8Panel.Pack(wrong, 0, (sbyte*)panel.Start);
        });
    }

    private static void Compare(LaneWidth width, int dimension, int rows, bool extreme)
    {
        var random = new Random(dimension + rows);
        using var codes = new AlignedRows<byte>(rows, dimension);
        using var panels = new GuardedMemory(2 * Int8Panel.Bytes(dimension));
        panels.Span<byte>().Clear();
        sbyte[][] queries = [.. Enumerable.Range(0, 32).Select(_ => Elements())];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < dimension; i++) codes[row][i] = (byte)(extreme ? 1 + (random.Next(2) * 254) : random.Next(1, 256));
        }
        int[] excess = [.. queries.Select((query, at) => Int8Panel.Pack(query, at % 16, (sbyte*)panels.Start + (at / 16 * Int8Panel.Bytes(dimension))))];
        int[] dots = new int[32 * rows];
        fixed (int* too = excess)
        fixed (int* into = dots) Int8Panel.Tile(width, (sbyte*)panels.Start, too, codes.Block, into);
        for (int row = 0; row < rows; row++)
        {
            for (int query = 0; query < 32; query++)
            {
                int expected = 0;
                for (int i = 0; i < dimension; i++) expected += queries[query][i] * (codes[row][i] - Int8Code.Zero);
                Assert.True(expected == dots[(32 * row) + query], $"dimension {dimension}, row {row}, query {query}: {dots[(32 * row) + query]} for {expected}");
            }
        }

        sbyte[] Elements() => [.. Enumerable.Range(0, dimension).Select(_ => (sbyte)(extreme ? (random.Next(2) * 128) - 64 : random.Next(-64, 65)))];
    }
}
