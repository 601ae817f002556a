namespace VecStore.Formats.Tests.Arrow;

public class ArrowTests
{
    [Theory]
    [InlineData("sequences.arrow")] // the stream format, as Hugging Face writes it: no magic, no footer
    [InlineData("sequences-file.arrow")]
    public void A_cache_of_SAELens_gives_a_row_for_each_token(string name)
    {
        Table table = Sources.Read("cache", Fixture.Bytes(name), blockRows: 2);
        Assert.Equal((VectorFileFormat.Arrow, 2, 9), (table.Format, table.Dimension, table.Rows.Count));
        Assert.Equal(["document", "position", "token"], table.Fields.Select(field => field.Name));
        for (int i = 0; i < 9; i++)
        {
            Assert.Equal([100 * (i / 3) + 10 * (i % 3), 100 * (i / 3) + 10 * (i % 3) + 1], table.Rows[i]);
            Assert.Equal([(long)(i / 3), (long)(i % 3), 1000L * (i / 3) + i % 3], table.Values[i]);
        }
    }

    [Fact]
    public void Skipping_goes_into_the_middle_of_a_batch()
    {
        for (int row = 0; row <= 9; row++)
        {
            using VectorSource source = Sources.Open("a.arrow", Fixture.Bytes("sequences.arrow"));
            VectorBlock block = new(4);
            source.SkipTo(row);
            Assert.Equal(row < 9, source.Read(block));
            if (row < 9) Assert.Equal((100f * (row / 3) + 10 * (row % 3), row / 3), (block.Row(0)[0], block.Columns[0].Int64(0)));
        }
    }

    [Fact]
    public void Token_ids_of_another_length_are_left_out_and_said_so()
    {
        Table table = Sources.Read("a.arrow", Fixture.Bytes("shortened.arrow"));
        Assert.Equal(["document", "position"], table.Fields.Select(field => field.Name));
        Assert.Contains(table.Notes, note => note.Contains("token_ids", StringComparison.Ordinal));
    }

    [Fact]
    public void Fixed_lists_of_half_floats_and_lists_of_doubles_are_read()
    {
        Table table = Sources.Read("a.arrow", Fixture.Bytes("fixed.arrow"));
        Assert.Equal([[0, 0.25f, 0.5f, 0.75f], [1, 1.25f, 1.5f, 1.75f], [2, 2.25f, 2.5f, 2.75f]], table.Rows);
        Assert.Contains(table.Notes, note => note.Contains("id, text", StringComparison.Ordinal));
        Assert.Equal([[0.1f, 1], [2, 3]], Sources.Read("a.arrow", Fixture.Bytes("doubles.arrow"), new() { VectorField = "vector" }).Rows);
        Assert.Contains("no column 'x'", Sources.Refusal("a.arrow", Fixture.Bytes("doubles.arrow"), new() { Tensor = "x" }).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_other_lengths_and_nulls_are_refused()
    {
        Assert.Contains("vector 2 has 3 elements", Sources.Refusal("a.arrow", Fixture.Bytes("ragged.arrow")).Reason, StringComparison.Ordinal);
        Assert.Contains("null", Sources.Refusal("a.arrow", Fixture.Bytes("nulls.arrow")).Reason, StringComparison.Ordinal);
        byte[] whole = Fixture.Bytes("sequences.arrow");
        Sources.Refusal("a.arrow", whole[..^200]);
    }
}
