namespace VecStore.Formats.Tests.Tabular;

public class JsonLinesTests
{
    [Fact]
    public void Vectors_keys_and_metadata_are_found()
    {
        Table table = Sources.Read("a.jsonl", """
            {"id": 7, "embedding": [1, -2.5e0], "year": 2020, "score": 1, "open": true, "title": "caf\u00e9", "tags": ["x", "y"]}

            {"embedding": [3, 4], "id": "b", "score": 2.5, "title": null, "tags": []}
            """);
        Assert.Equal(VectorFileFormat.JsonLines, table.Format);
        Assert.Equal(["7", "b"], table.Keys);
        Assert.Equal([[1, -2.5f], [3, 4]], table.Rows);
        Assert.Equal(
            [("year", SourceFieldType.Int64), ("score", SourceFieldType.Double), ("open", SourceFieldType.Bool), ("title", SourceFieldType.String), ("tags", SourceFieldType.StringList)],
            table.Fields.Select(field => (field.Name, field.Type)));
        Assert.Equal([2020L, 1.0, true, "café", new[] { "x", "y" }], table.Values[0]);
        Assert.Equal([null, 2.5, null, null, Array.Empty<string>()], table.Values[1]);
    }

    [Fact]
    public void Mixed_types_become_strings_and_objects_are_left_out_with_a_note()
    {
        Table table = Sources.Read("a.jsonl", """
            {"v": [1, 2], "a": 1, "o": {"x": 1}}
            {"v": [1, 2], "a": "one", "o": null}
            """);
        Assert.Equal(["a"], table.Fields.Select(field => field.Name));
        Assert.Equal([["1"], ["one"]], table.Values);
        Assert.Contains(table.Notes, note => note.StartsWith("field 'o'", StringComparison.Ordinal));
    }

    [Fact]
    public void An_object_can_be_had_as_its_text() => Assert.Equal(["""{"x": [1]}"""], Sources.Read("a.jsonl", """{"v": [1, 2], "o": {"x": [1]}}""",
        new() { FieldTypes = new Dictionary<string, SourceFieldType> { ["o"] = SourceFieldType.String } }).Values[0]);

    [Theory]
    [InlineData("""{"id":"b","v":[1]}""", "has 1 numbers")]
    [InlineData("""{"id":"b","v":[1,2,3]}""", "more than 2")]
    [InlineData("""{"id":"b","v":[1,"x"]}""", "not a number")]
    [InlineData("""{"id":"b","v":[1,NaN]}""", "'N' is an invalid start of a value. (byte 17 of it)")]
    [InlineData("""{"id":"b"}""", "no field 'v'")]
    [InlineData("""{"v":[1,2]}""", "no field 'id'")]
    [InlineData("""{"id":"b","v":[1,2],"v":[1,2]}""", "twice")]
    [InlineData("""{"id":[],"v":[1,2]}""", "neither a string nor an integer")]
    [InlineData("""{"id":"b","v":[1,2]} {}""", "")]
    [InlineData("""{"id":"b","v":[1,2]""", "")]
    [InlineData("""[1]""", "not a JSON object")]
    public void Wrong_lines_are_refused_with_their_number(string line, string reason)
    {
        VectorFileException error = Sources.Refusal("a.jsonl", """{"id":"a","v":[1,2]}""" + "\n" + line + "\n");
        Assert.Equal((2L, 21L), (error.Line, error.Offset));
        Assert.Contains(reason, error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_number_arrays_make_the_vector_ambiguous()
    {
        Assert.Contains("a, b", Sources.Refusal("a.jsonl", """{"a":[1,2],"b":[3,4]}""").Reason, StringComparison.Ordinal);
        Assert.Equal([3, 4], Sources.Read("a.jsonl", """{"a":[1,2],"b":[3,4]}""", new() { VectorField = "b" }).Rows[0]);
    }

    [Fact]
    public void A_field_first_seen_after_the_sample_is_reported()
    {
        string text = string.Concat(Enumerable.Range(0, 10_050).Select(i => i < 10_010 ? "{\"v\":[1,2]}\n" : "{\"v\":[1,2],\"late\":1}\n"));
        Assert.Contains(Sources.Read("a.jsonl", text).Notes, note => note.Contains("'late'", StringComparison.Ordinal));
    }
}
