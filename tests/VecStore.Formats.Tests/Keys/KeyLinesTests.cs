using System.Text;

using VecStore.Formats.Tests.Numpy;

namespace VecStore.Formats.Tests.Keys;

public class KeyLinesTests
{
    private static Table Read(byte[] keys, int rows = 3, int skip = 0)
    {
        using Folder folder = new();
        File.WriteAllBytes(folder.Path("a.npy"), NpzTests.Matrix(rows, 2));
        File.WriteAllBytes(folder.Path("a.txt"), keys);
        using VectorSource source = VectorSource.Open(folder.Path("a.npy"), new() { KeysPath = folder.Path("a.txt") });
        if (skip == 0) return Sources.Drain(source, 2);
        source.SkipTo(skip);
        VectorBlock block = new(100);
        source.Read(block);
        return new(source.Format, 2, [], [.. block.Keys.Take(block.Count)], [], [], source.Notes);
    }

    [Theory]
    [InlineData("a\nb\nc\n")]
    [InlineData("a\nb\nc")]
    [InlineData("a\r\nb\r\nc\r\n")]
    [InlineData("\uFEFFa\nb\nc\n")]
    public void Keys_are_the_lines_of_a_text_file(string text) => Assert.Equal(["a", "b", "c"], Read(Encoding.UTF8.GetBytes(text)).Keys);

    [Fact]
    public void Keys_are_skipped_with_their_rows() => Assert.Equal(["c"], Read("a\nb\nc\n"u8.ToArray(), skip: 2).Keys);

    [Theory]
    [InlineData("a\nb\n", "2 keys for 3 rows")]
    [InlineData("a\nb\nc\nd\n", "4 keys for 3 rows")]
    [InlineData("", "0 keys for 3 rows")]
    public void Their_number_must_match_and_is_checked_before_a_row_is_read(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<VectorFileException>(() => Read(Encoding.UTF8.GetBytes(text))).Reason, StringComparison.Ordinal);
}
