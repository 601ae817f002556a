using System.Runtime.InteropServices;

namespace VecStore.Formats.Tests.Vecs;

public class VecsTests
{
    internal static byte[] Fvecs(int rows, int dimension) => [.. Enumerable.Range(0, rows).SelectMany(row =>
        BitConverter.GetBytes(dimension).Concat(Enumerable.Range(0, dimension).SelectMany(i => BitConverter.GetBytes((float)(row * dimension + i)))))];

    internal static byte[] Bvecs(int rows, int dimension) => [.. Enumerable.Range(0, rows).SelectMany(row =>
        BitConverter.GetBytes(dimension).Concat(Enumerable.Range(0, dimension).Select(i => (byte)(row * dimension + i))))];

    internal static byte[] Bin(uint rows, uint dimension, byte[] data) => [.. BitConverter.GetBytes(rows), .. BitConverter.GetBytes(dimension), .. data];

    private static byte[] Floats(int count) => MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, count).Select(i => (float)i)]).ToArray();

    [Fact]
    public void Every_vector_of_an_fvecs_file_has_its_header()
    {
        Table table = Sources.Read("base.fvecs", Fvecs(10, 3));
        Assert.Equal(VectorFileFormat.Fvecs, table.Format);
        Assert.Equal(10, table.Rows.Count);
        Assert.Equal([27, 28, 29], table.Rows[9]);
    }

    [Fact]
    public void Ivecs_and_bvecs_have_integers()
    {
        byte[] ivecs = [.. Enumerable.Range(0, 4).SelectMany(row => new[] { 2, row, -row }).SelectMany(BitConverter.GetBytes)];
        Assert.Equal([3, -3], Sources.Read("gt.ivecs", ivecs).Rows[3]);
        Assert.Equal([253, 254, 255], Sources.Read("base.bvecs", [.. Bvecs(85, 3), 3, 0, 0, 0, 253, 254, 255]).Rows[85]);
    }

    [Fact]
    public void A_vector_of_another_dimension_is_refused_where_it_begins()
    {
        byte[] file = Fvecs(200, 3);
        file[100 * 16] = 4;
        VectorFileException error = Sources.Refusal("base.fvecs", file);
        Assert.Equal(1600, error.Offset);
        Assert.Contains("vector 100 has dimension 4", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_that_is_no_whole_number_of_vectors_is_refused_or_read_as_a_crop()
    {
        byte[] file = Fvecs(10, 3)[..^5];
        Assert.Contains("11 are left over", Sources.Refusal("base.fvecs", file).Reason, StringComparison.Ordinal);
        Table table = Sources.Read("base.fvecs", file, new() { AllowCropped = true });
        Assert.Equal(9, table.Rows.Count);
        Assert.Contains(table.Notes, note => note.Contains("left over", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(65_537)]
    public void A_hostile_dimension_is_refused(int dimension) =>
        Sources.Refusal("base.fvecs", [.. BitConverter.GetBytes(dimension), 0, 0, 0, 0]);

    [Fact]
    public void Skipping_is_exact()
    {
        using VectorSource source = Sources.Open("base.fvecs", Fvecs(1000, 3));
        source.SkipTo(500);
        Assert.Equal([1500, 1501, 1502], First(source));
    }

    [Fact]
    public void Bins_have_one_header()
    {
        Assert.Equal([[0, 1, 2], [3, 4, 5]], Sources.Read("base.fbin", Bin(2, 3, Floats(6))).Rows);
        Assert.Equal([[1, 2], [255, 4]], Sources.Read("base.u8bin", Bin(2, 2, [1, 2, 255, 4])).Rows);
        Assert.Equal([[1, 2], [-1, 4]], Sources.Read("base.i8bin", Bin(2, 2, [1, 2, 255, 4])).Rows);
    }

    [Fact]
    public void A_crop_that_kept_its_header_is_read_only_when_told_and_says_so()
    {
        byte[] crop = Bin(1_000_000_000, 3, Floats(6));
        VectorFileException error = Sources.Refusal("base.fbin", crop);
        Assert.Contains("1,000,000,000 rows", error.Reason, StringComparison.Ordinal);
        Table table = Sources.Read("base.fbin", crop, new() { AllowCropped = true });
        Assert.Equal(2, table.Rows.Count);
        Assert.Contains(table.Notes, note => note.StartsWith("a crop", StringComparison.Ordinal));
    }

    [Fact]
    public void Raw_floats_need_a_dimension_that_divides_them()
    {
        Assert.Contains("state the dimension", Sources.Refusal("base.f32", Floats(12)).Reason, StringComparison.Ordinal);
        Assert.Equal(3, Sources.Read("base.f32", Floats(12), new() { Dimension = 4 }).Rows.Count);
        Assert.Contains("left over", Sources.Refusal("base.f32", Floats(12), new() { Dimension = 5 }).Reason, StringComparison.Ordinal);
    }

    private static float[] First(VectorSource source)
    {
        VectorBlock block = new(1);
        Assert.True(source.Read(block));
        return block.Row(0).ToArray();
    }
}
