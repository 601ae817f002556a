namespace VecStore.Formats.Tests.Tabular;

public class CsvTests
{
    [Theory]
    [InlineData("id,vector\na,\"[1, 2.5, -3]\"\nb,\"[4,5,6]\"\n")]
    [InlineData("id,vector\na,1 2.5 -3\nb,4 5 6\n")]
    [InlineData("id,embedding\na,\"1,2.5,-3\"\nb,\"[4 5\n 6]\"\n")]
    [InlineData("id;vector\na;(1, 2.5, -3)\nb;4,5,6\n")]
    [InlineData("id,v0,v1,v2\na,1,2.5,-3\nb,4,5,6\n")]
    [InlineData("v2,v1,id,v0\n-3,2.5,a,1\n6,5,b,4\n")]
    [InlineData("id,dim_1,dim_2,dim_3\na,1,2.5,-3\nb,4,5,6\n")]
    [InlineData(",0,1,2\na,1,2.5,-3\nb,4,5,6\n")]
    [InlineData("a,1,2.5,-3\nb,4,5,6\n")]
    [InlineData("\uFEFFid,vector\r\na,1 2.5 -3\r\nb,4 5 6\r\n")]
    public void Vectors_are_found_in_a_column_of_lists_or_in_numbered_columns(string text)
    {
        Table table = Sources.Read("a.csv", text);
        Assert.Equal([[1, 2.5f, -3], [4, 5, 6]], table.Rows);
        Assert.Equal(["a", "b"], table.Keys);
        Assert.Empty(table.Fields);
    }

    [Fact]
    public void Other_columns_become_metadata_with_inferred_types()
    {
        Table table = Sources.Read("a.csv", "id,year,score,open,title,tags,zip,v0,v1\na,2020,1,true,\"Hello, \"\"you\"\"\",\"[\"\"x\"\",\"\"y\"\"]\",007,1,2\nb,,2.5,False,,,,3,4\n");
        Assert.Equal(
            [("year", SourceFieldType.Int64), ("score", SourceFieldType.Double), ("open", SourceFieldType.Bool), ("title", SourceFieldType.String),
                ("tags", SourceFieldType.StringList), ("zip", SourceFieldType.String)],
            table.Fields.Select(field => (field.Name, field.Type)));
        Assert.Equal([2020L, 1.0, true, "Hello, \"you\"", new[] { "x", "y" }, "007"], table.Values[0]);
        Assert.Equal([null, 2.5, false, null, null, null], table.Values[1]);
    }

    [Fact]
    public void Types_and_roles_can_be_stated()
    {
        Table table = Sources.Read("a.csv", "id,year,a0,a1,b0,b1\n7,2020,1,2,3,4\n", new()
        {
            KeyField = "year",
            VectorField = "b",
            Fields = ["id"],
            FieldTypes = new Dictionary<string, SourceFieldType> { ["id"] = SourceFieldType.String },
        });
        Assert.Equal(["2020"], table.Keys);
        Assert.Equal([[3, 4]], table.Rows);
        Assert.Equal(["7"], table.Values[0]);
    }

    [Fact]
    public void Tab_separated_words_may_be_quotes()
    {
        Table table = Sources.Read("a.tsv", "word\tv0\tv1\n\"\t1\t2\n\"\"\t3\t4\n");
        Assert.Equal(["\"", "\"\""], table.Keys);
    }

    [Fact]
    public void A_table_of_nothing_but_numbers_has_no_header_and_no_keys()
    {
        Table table = Sources.Read("tensors.tsv", "1\t2.5\t-3\n4\t5\t6\n");
        Assert.Equal([[1, 2.5f, -3], [4, 5, 6]], table.Rows);
        Assert.Equal([null, null], table.Keys);
    }

    [Theory]
    [InlineData("id,v0,v1\na,1,2\nb,3\n", 3, "2 fields")]
    [InlineData("id,v0,v1\na,1,2\nb,3,x\n", 3, "'x', not a number")]
    [InlineData("id,vector\na,1 2\nb,1 2 3\n", 3, "more than 2 numbers")]
    [InlineData("id,vector\na,1 2\nb,1\n", 3, "the vector has 1 numbers")]
    [InlineData("id,x,y\na,hello,you\n", 1, "no telling which column is the vector")]
    [InlineData("id,vector\na,\"1 2\nb,1 2\n", null, "")]
    public void Wrong_tables_are_refused_with_the_line(string text, int? line, string reason)
    {
        VectorFileException error = Sources.Refusal("a.csv", text);
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
        if (line is not null) Assert.Equal(line, error.Line);
    }

    [Fact]
    public void A_value_that_breaks_an_inferred_type_is_refused_and_says_the_cure()
    {
        string text = "id,year,v0,v1\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},{(i == 15_000 ? "n/a" : "2020")},1,2\n"));
        VectorFileException error = Sources.Refusal("a.csv", text);
        Assert.Equal(15_002, error.Line);
        Assert.Contains("'n/a', which is no Int64", error.Reason, StringComparison.Ordinal);
        Assert.Equal(20_000, Sources.Read("a.csv", text,
            new() { FieldTypes = new Dictionary<string, SourceFieldType> { ["year"] = SourceFieldType.String } }).Rows.Count);
    }

    [Fact]
    public void A_record_without_an_end_is_refused_before_it_fills_the_memory()
    {
        byte[] text = new byte[80 << 20];
        for (int i = 0; i < text.Length; i++) text[i] = i % 2 == 0 ? (byte)'a' : (byte)',';
        Assert.Contains("a record of more than", Sources.Refusal("a.csv", text).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quote_that_is_never_closed_is_refused_before_it_fills_the_memory()
    {
        string text = "id,vector\na,\"" + new string('1', 100 << 20);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Sources.Refusal("a.csv", text);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 400L << 20, $"{GC.GetAllocatedBytesForCurrentThread() - before:N0} bytes");
    }
}
