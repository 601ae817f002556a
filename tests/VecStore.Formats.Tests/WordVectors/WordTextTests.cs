using System.Text;

namespace VecStore.Formats.Tests.WordVectors;

public class WordTextTests
{
    [Fact]
    public void GloVe_text_needs_no_header()
    {
        Table table = Sources.Read("glove.txt", "the 0.5 -1.25 3\nof 1 2e-3 -0\n");
        Assert.Equal(VectorFileFormat.GloVeText, table.Format);
        Assert.Equal(["the", "of"], table.Keys);
        Assert.Equal([[0.5f, -1.25f, 3], [1, 2e-3f, -0f]], table.Rows);
    }

    [Fact]
    public void GloVe_words_may_hold_spaces_and_numbers()
    {
        Table table = Sources.Read("glove.txt", "the 0.5 -1.25 3\n. . . 1 2 3\nat name@domain.com 4 5 6\n1 2 7 8 9\n5 10 11 12");
        Assert.Equal(["the", ". . .", "at name@domain.com", "1 2", "5"], table.Keys);
        Assert.Equal([[0.5f, -1.25f, 3], [1, 2, 3], [4, 5, 6], [7, 8, 9], [10, 11, 12]], table.Rows);
        Assert.Contains(table.Notes, note => note.StartsWith("3 words hold spaces", StringComparison.Ordinal));
    }

    [Fact]
    public void The_dimension_of_GloVe_text_is_verified_on_every_line()
    {
        VectorFileException error = Sources.Refusal("glove.txt", "the 0.5 -1.25 3\nof 1 2 3\nto 1 2\n");
        Assert.Equal((3L, 25L), (error.Line, error.Offset));
        Assert.Contains("2 values after the word, not 3", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_first_GloVe_word_with_spaces_does_not_change_the_dimension()
    {
        Table table = Sources.Read("glove.txt", ". . . 1 2 3\nof 4 5 6\n");
        Assert.Equal([". . .", "of"], table.Keys);
        Assert.Equal(3, table.Dimension);
    }

    [Fact]
    public void Word2vec_text_has_a_header()
    {
        Table table = Sources.Read("words.txt", "2 3\nthe 1 2 3\nof 4 5 6\n");
        Assert.Equal(VectorFileFormat.Word2VecText, table.Format);
        Assert.Equal(["the", "of"], table.Keys);
    }

    [Fact]
    public void FastText_lines_end_with_a_space()
    {
        Table table = Sources.Read("wiki.vec", "2 3\nthe 1 2 3 \nof 4 5 6 \n");
        Assert.Equal(VectorFileFormat.FastTextVec, table.Format);
        Assert.Equal([[1, 2, 3], [4, 5, 6]], table.Rows);
    }

    [Fact]
    public void Carriage_returns_and_a_byte_order_mark_are_not_part_of_anything()
    {
        Table table = Sources.Read("words.txt", "\uFEFF2 2\r\nthe 1 2\r\nof 3 4\r\n\r\n");
        Assert.Equal(["the", "of"], table.Keys);
        Assert.Equal([[1, 2], [3, 4]], table.Rows);
    }

    [Fact]
    public void Unicode_spaces_belong_to_the_word() =>
        Assert.Equal(["\u00A0", "a\u2028b", "\u0085"], Sources.Read("words.txt", "3 2\n\u00A0 1 2\na\u2028b 3 4\n\u0085 5 6\n").Keys);

    [Theory]
    [InlineData("3 2\nthe 1 2\nof 3 4\n", "claims 3 rows")]
    [InlineData("1 2\nthe 1 2\nof 3 4\n", "one more")]
    [InlineData("2 2\nthe 1 2\nof 3 x\n", "'x', not a number")]
    [InlineData("9223372036854775807 2\nthe 1 2\n", "more than")]
    [InlineData("1 99999999999\nthe 1 2\n", "65,536")]
    [InlineData("2 0\nthe\nof\n", "vectors of 0 elements")]
    [InlineData("2 2\nthe 1 2\n\nof 3 4\n", "blank line")]
    public void Wrong_word2vec_text_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Sources.Refusal("words.txt", text).Message, StringComparison.Ordinal);

    [Fact]
    public void A_cropped_file_is_read_when_told_and_says_so()
    {
        Table table = Sources.Read("words.txt", "3 2\nthe 1 2\nof 3 4\n", new() { AllowCropped = true });
        Assert.Equal(2, table.Rows.Count);
        Assert.Contains(table.Notes, note => note.Contains("claims 3 rows, the file holds 2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(InvalidTextPolicy.Escape, "caf\\xC3")]
    [InlineData(InvalidTextPolicy.Replace, "caf\uFFFD")]
    public void A_word_cut_within_a_character_is_kept_and_reported(InvalidTextPolicy policy, string word)
    {
        byte[] text = [.. "1 2\ncaf"u8, 0xC3, .. " 1 2\n"u8];
        Table table = Sources.Read("words.txt", text, new() { InvalidText = policy });
        Assert.Equal([word], table.Keys);
        Assert.Contains(table.Notes, note => note.StartsWith("1 keys are not valid UTF-8", StringComparison.Ordinal));
    }

    [Fact]
    public void A_word_cut_within_a_character_is_refused_when_told() => Assert.Contains("not valid UTF-8",
        Sources.Refusal("words.txt", [.. "1 2\ncaf"u8, 0xC3, .. " 1 2\n"u8], new() { InvalidText = InvalidTextPolicy.Refuse }).Message, StringComparison.Ordinal);

    [Fact]
    public void NaN_and_infinities_are_delivered_and_counted()
    {
        using VectorSource source = Sources.Open("glove.txt", "a 1 2\nb nan 1\nc 1 -inf\n"u8.ToArray(), new());
        Table table = Sources.Drain(source);
        Assert.Equal(2, source.NonFiniteRows);
        Assert.True(float.IsNaN(table.Rows[1][0]));
        Assert.Equal(float.NegativeInfinity, table.Rows[2][1]);
    }

    [Fact]
    public void A_line_without_an_end_is_refused_before_it_fills_the_memory()
    {
        byte[] text = new byte[20 << 20];
        Array.Fill(text, (byte)'x');
        "the 1 2\n"u8.CopyTo(text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("longer than", Sources.Refusal("glove.txt", text).Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 40 << 20);
    }

    [Fact]
    public void Rows_are_counted_where_the_file_does_not_say()
    {
        using Folder folder = new();
        File.WriteAllText(folder.Path("glove.txt"), "a 1 2\nb 3 4\nc 5 6");
        File.WriteAllText(folder.Path("a.csv"), "id,v0,v1\na,1,2\nb,3,4\n");
        File.WriteAllText(folder.Path("a.jsonl"), "{\"v\":[1,2]}\n\n{\"v\":[3,4]}\n");
        File.WriteAllText(folder.Path("words.txt"), "1 2\na 1 2\n");
        Assert.Equal(3, VectorSource.CountRows(folder.Path("glove.txt")));
        Assert.Equal(2, VectorSource.CountRows(folder.Path("a.csv")));
        Assert.Equal(2, VectorSource.CountRows(folder.Path("a.jsonl")));
        Assert.Equal(1, VectorSource.CountRows(folder.Path("words.txt")));
    }

    [Fact]
    public void Skipping_behind_the_end_is_refused()
    {
        using VectorSource source = Sources.Open("glove.txt", "a 1 2\nb 3 4\n"u8.ToArray());
        Assert.Contains("ends after 2 rows", Assert.Throws<VectorFileException>(() => source.SkipTo(3)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Skipping_and_then_reading_gives_the_rows_of_reading_through()
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 100).Select(i => $"w{i} {i} {i}.5\n")));
        using VectorSource source = Sources.Open("glove.txt", text);
        source.SkipTo(42);
        VectorBlock block = new(5);
        Assert.True(source.Read(block, maxRows: 2));
        Assert.Equal((42L, 2), (block.FirstRow, block.Count));
        Assert.Equal("w42", block.Keys[0]);
        Assert.Equal([43, 43.5f], block.Row(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.SkipTo(10));
    }
}
