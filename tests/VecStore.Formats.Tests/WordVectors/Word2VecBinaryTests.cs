using System.Runtime.InteropServices;
using System.Text;

namespace VecStore.Formats.Tests.WordVectors;

public class Word2VecBinaryTests
{
    internal static byte[] File(string header, bool lineFeeds, params (string Word, float[] Vector)[] rows) =>
    [
        .. Encoding.ASCII.GetBytes(header),
        .. rows.SelectMany(row => (byte[])[.. Encoding.UTF8.GetBytes(row.Word), (byte)' ', .. MemoryMarshal.AsBytes<float>(row.Vector), .. lineFeeds ? "\n"u8 : ""u8]),
    ];

    private static readonly (string, float[])[] Rows = [("the", [1, 2, 3]), ("of", [0.5f, -1, 10]), ("naïve", [4, 5, 6])];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_line_feeds_of_the_C_tool_are_not_part_of_the_next_word(bool lineFeeds)
    {
        Table table = Sources.Read("words.bin", File("3 3\n", lineFeeds, Rows));
        Assert.Equal(VectorFileFormat.Word2VecBinary, table.Format);
        Assert.Equal(["the", "of", "naïve"], table.Keys);
        Assert.Equal([[1, 2, 3], [0.5f, -1, 10], [4, 5, 6]], table.Rows);
    }

    [Theory]
    [InlineData("4 3\n", "claims 4 rows")]
    [InlineData("2 3\n", "more bytes after")]
    [InlineData("9223372036854775807 3\n", "more than")]
    [InlineData("3 2147483647\n", "65,536")]
    [InlineData("99999999999999999999 3\n", "not the header")]
    [InlineData("-3 3\n", "not the header")]
    [InlineData("3\n", "not the header")]
    public void A_hostile_header_is_refused(string header, string reason) => Assert.Contains(
        reason, Sources.Refusal("words.bin", File(header, false, Rows), new() { Format = VectorFileFormat.Word2VecBinary }).Message, StringComparison.Ordinal);

    [Fact]
    public void A_word_without_an_end_is_refused_before_it_fills_the_memory()
    {
        byte[] file = [.. "1000 3\n"u8, .. Enumerable.Repeat((byte)'x', 1 << 20)];
        Assert.Contains("no end", Sources.Refusal("words.bin", file, new() { Format = VectorFileFormat.Word2VecBinary }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] file = File("3 3\n", false, Rows);
        for (int length = 0; length < file.Length; length++)
            Sources.Refusal("words.bin", file[..length], new() { Format = VectorFileFormat.Word2VecBinary });
    }

    [Fact]
    public void A_cut_file_is_read_as_far_as_it_goes_when_told()
    {
        Table table = Sources.Read("words.bin", File("3 3\n", true, Rows)[..^3], new() { AllowCropped = true });
        Assert.Equal(["the", "of"], table.Keys);
        Assert.Contains(table.Notes, note => note.Contains("holds 2", StringComparison.Ordinal));
    }

    [Fact]
    public void A_word_cut_within_a_character_is_escaped()
    {
        byte[] file = [.. "1 1\ncaf"u8, 0xC3, (byte)' ', 0, 0, 0x80, 0x3F];
        Assert.Equal(["caf\\xC3"], Sources.Read("words.bin", file).Keys);
    }

    [Fact]
    public void Skipping_is_exact()
    {
        using VectorSource source = Sources.Open("words.bin", File("3 3\n", true, Rows));
        source.SkipTo(2);
        Assert.Equal(["naïve"], Drained(source));
    }

    private static List<string?> Drained(VectorSource source)
    {
        VectorBlock block = new(10);
        Assert.True(source.Read(block));
        return [.. block.Keys.Take(block.Count)];
    }
}
