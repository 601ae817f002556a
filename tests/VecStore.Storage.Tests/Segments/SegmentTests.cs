using System.Text;

namespace VecStore.Storage.Tests.Segments;

public sealed class SegmentTests
{
    public static TheoryData<int, KeyKind, Metric, ElementType, int> Shapes => new()
    {
        { 20, KeyKind.Int64, Metric.Cosine, ElementType.Float32, 500 },
        { 1, KeyKind.String, Metric.Dot, ElementType.Int8, 500 },
        { 100, KeyKind.String, Metric.Cosine, ElementType.Float16, 300 },
        { 64, KeyKind.Int64, Metric.Euclidean, ElementType.BFloat16, 64 },
        { 33, KeyKind.Int64, Metric.Cosine, ElementType.Int8, 1 },
        { 16, KeyKind.Int64, Metric.Cosine, ElementType.Float32, 0 },
        { 16, KeyKind.String, Metric.Dot, ElementType.Float32, 0 },
    };

    [Theory, MemberData(nameof(Shapes))]
    public void What_was_appended_is_read_back(int dimension, KeyKind keyKind, Metric metric, ElementType elementType, int rows)
    {
        using TestFolder folder = new();
        SampleRows sample = new(SampleRows.Schema(dimension, keyKind, metric, elementType));
        WrittenSegment written = sample.WriteFile(folder.Files, folder.Path("s"), rows);
        Assert.Equal(rows, written.Rows);
        Assert.Null(written.Superseded);
        Assert.Equal(new FileInfo(folder.Path("s")).Length, written.FileLength);

        using Segment segment = Segment.Open(folder.Files, folder.Path("s"));
        Assert.Equal(rows, segment.Count);
        Assert.Equal(7, segment.Id);
        Assert.Equal(sample.RowSchema.Fields, segment.Schema.Fields);
        Assert.Equal(sample.RowSchema with { Fields = segment.Schema.Fields }, segment.Schema);
        for (int row = 0; row < rows; row++) sample.AssertRow(segment, row, rows);
        segment.Verify(TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Columns_give_whole_runs_of_values()
    {
        using TestFolder folder = new();
        SampleRows sample = new(SampleRows.Schema());
        sample.WriteFile(folder.Files, folder.Path("s"), 200);
        using Segment segment = Segment.Open(folder.Files, folder.Path("s"));
        ColumnClaims.AssertRuns(segment, 200);
        Assert.True(((StringColumn)segment.Columns[3]).Dictionary.IsSorted);
    }

    [Fact]
    public void A_dictionary_is_sorted_and_finds_every_string_and_no_other()
    {
        using TestFolder folder = new();
        string[] words = ["zebra", "", "é", "a", "ab", "Z", "日本", "a", "\uD83D\uDE00"];
        CollectionSchema schema = new(1) { Metric = Metric.Dot, Fields = [new("w", FieldType.String)] };
        using (SegmentWriter writer = SegmentWriter.Create(folder.Files, folder.Path("s"), 1, schema))
        {
            for (int row = 0; row < words.Length; row++) writer.Append(new byte[4], 0, 0, row, [words[row]]);
            writer.Complete();
        }
        using Segment segment = Segment.Open(folder.Files, folder.Path("s"));
        var column = (StringColumn)segment.Columns[0];
        Assert.Equal(8, column.Dictionary.Count);
        for (uint code = 2; code <= 8; code++) Assert.True(column.Dictionary[code - 1].SequenceCompareTo(column.Dictionary[code]) < 0);
        for (int row = 0; row < words.Length; row++)
        {
            Assert.True(column.Dictionary.TryFind(Encoding.UTF8.GetBytes(words[row]), out uint code));
            Assert.Equal(code, column.Codes(words.Length)[row]);
            Assert.Equal(words[row], column[row].AsString());
        }
        Assert.False(column.Dictionary.TryFind("zebras"u8, out _));
        Assert.False(column.Dictionary.TryFind("aa"u8, out _));
    }

    [Fact]
    public void Keys_that_are_not_there_are_not_found()
    {
        using TestFolder folder = new();
        new SampleRows(SampleRows.Schema()).WriteFile(folder.Files, folder.Path("i"), 1000);
        new SampleRows(SampleRows.Schema(keyKind: KeyKind.String)).WriteFile(folder.Files, folder.Path("s"), 1000);
        using Segment integers = Segment.Open(folder.Files, folder.Path("i")), strings = Segment.Open(folder.Files, folder.Path("s"));
        HashSet<long> keys = [.. Enumerable.Range(0, 1000).Select(SampleRows.Key)];
        for (long key = -2000; key < 2000; key++) Assert.Equal(keys.Contains(key), integers.TryFind(key, 1000, null, out _));
        Assert.False(integers.TryFind(long.MinValue, 1000, null, out _));
        Assert.False(strings.TryFind("word-é-1000"u8, 1000, null, out _));
        Assert.False(strings.TryFind("k"u8, 1000, null, out _));
        Assert.True(strings.TryFind(""u8, 1000, null, out int row));
        Assert.Equal(0, row);
        Assert.False(strings.TryFind(""u8, 1000, RowSet.Of(1000, [0]), out _));
    }

    [Fact]
    public void A_key_given_again_finds_its_last_row_and_the_earlier_ones_are_reported()
    {
        using TestFolder folder = new();
        CollectionSchema schema = new(1) { Metric = Metric.Dot };
        using (SegmentWriter writer = SegmentWriter.Create(folder.Files, folder.Path("s"), 1, schema))
        {
            foreach (long key in (long[])[5, -5, 5, 9, 5, 0]) writer.Append(new byte[4], 0, 0, key, []);
            WrittenSegment written = writer.Complete();
            Assert.Equal([0, 2], Rows(written.Superseded!));
        }
        using Segment segment = Segment.Open(folder.Files, folder.Path("s"));
        Assert.True(segment.TryFind(5, 6, null, out int row));
        Assert.Equal(4, row);
    }

    [Fact]
    public void Keys_whose_hashes_collide_are_told_apart()
    {
        // Keys that all begin their search in the first slots of the table: long runs, which wrap around at its end too.
        const int rows = 400;
        long slots = SegmentSections.KeyTableSlots(rows);
        List<long> keys = [];
        for (long key = -1; keys.Count < rows; key--)
        {
            long slot = KeyHash.FirstSlot(KeyHash.Of(key), slots);
            if (slot < 2 || slot >= slots - 2) keys.Add(key);
        }
        using TestFolder folder = new();
        using (SegmentWriter writer = SegmentWriter.Create(folder.Files, folder.Path("s"), 1, new(1) { Metric = Metric.Dot }))
        {
            foreach (long key in keys) writer.Append(new byte[4], 0, 0, key, []);
            writer.Complete();
        }
        using Segment segment = Segment.Open(folder.Files, folder.Path("s"));
        for (int i = 0; i < rows; i++)
        {
            Assert.True(segment.TryFind(keys[i], rows, null, out int row));
            Assert.Equal(i, row);
        }
    }

    [Fact]
    public void Rows_copied_from_segments_are_the_same_and_new_fields_are_absent()
    {
        using TestFolder folder = new();
        CollectionSchema schema = SampleRows.Schema(keyKind: KeyKind.String, elementType: ElementType.Int8);
        SampleRows sample = new(schema);
        using MemorySegment memory = new(3, schema, 100);
        for (int row = 0; row < 100; row++) sample.AppendTo(memory, row);
        CollectionSchema wider = schema with { Fields = [.. schema.Fields, new("later", FieldType.Int64)] };
        using (SegmentWriter writer = SegmentWriter.Create(folder.Files, folder.Path("a"), 1, wider))
        {
            for (int row = 0; row < 100; row++) writer.AppendFrom(memory, row);
            writer.Complete();
        }
        using Segment first = Segment.Open(folder.Files, folder.Path("a"));
        using (SegmentWriter writer = SegmentWriter.Create(folder.Files, folder.Path("b"), 2, wider))
        {
            for (int row = 0; row < 100; row++) writer.AppendFrom(first, row);
            writer.Complete();
        }
        using Segment second = Segment.Open(folder.Files, folder.Path("b"));
        for (int row = 0; row < 100; row++)
        {
            sample.AssertRow(first, row, 100);
            sample.AssertRow(second, row, 100);
            Assert.True(second.TryGetColumn("later", out Column? later));
            Assert.True(later[row].IsAbsent);
        }
        Assert.False(memory.TryGetColumn("later", out _));
    }

    [Fact]
    public void Equal_rows_give_equal_files()
    {
        using TestFolder folder = new();
        SampleRows sample = new(SampleRows.Schema());
        sample.WriteFile(folder.Files, folder.Path("a"), 300);
        sample.WriteFile(folder.Files, folder.Path("b"), 300);
        Assert.Equal(folder.Read("a"), folder.Read("b"));
    }

    [Fact]
    public void A_row_that_does_not_fit_the_schema_is_refused_with_the_reason()
    {
        using TestFolder folder = new();
        using SegmentWriter writer = SegmentWriter.Create(folder.Files, folder.Path("s"), 1, SampleRows.Schema(dimension: 3));
        Assert.Contains("3 elements of Float32 are 12", Assert.Throws<ArgumentException>(() => writer.Append(new byte[8], 1, 1, 1, [])).Message, StringComparison.Ordinal);
        Assert.Contains("'year' holds Int64, not String", Assert.Throws<ArgumentException>(() => writer.Append(new byte[12], 1, 1, 1, ["x"])).Message, StringComparison.Ordinal);
        Assert.Contains("kind String", Assert.Throws<ArgumentException>(() => writer.Append(new byte[12], 1, 1, "k"u8, [])).Message, StringComparison.Ordinal);
        Assert.Equal(0, writer.Count);

        using MemorySegment other = new(1, SampleRows.Schema(dimension: 4), 1);
        other.Append(new byte[16], 1, 1, 1, []);
        Assert.Contains("cannot be copied", Assert.Throws<ArgumentException>(() => writer.AppendFrom(other, 0)).Message, StringComparison.Ordinal);
        Assert.Equal(0, writer.Count);
    }

    [Fact]
    public void A_writer_that_is_not_completed_leaves_no_file()
    {
        using TestFolder folder = new();
        using (SegmentWriter writer = SegmentWriter.Create(folder.Files, folder.Path("s"), 1, SampleRows.Schema()))
            new SampleRows(SampleRows.Schema()).AppendTo(writer, 0);
        Assert.Empty(folder.Files.List(folder));
    }

    private static List<int> Rows(RowSet set)
    {
        List<int> rows = [];
        foreach (int row in set) rows.Add(row);
        return rows;
    }
}

/// <summary>Claims on whole columns that hold for mapped and for growing segments.</summary>
internal static class ColumnClaims
{
    public static void AssertRuns(ISegment segment, int rows)
    {
        var year = (Int64Column)segment.Columns[0];
        var weight = (DoubleColumn)segment.Columns[1];
        var read = (BoolColumn)segment.Columns[2];
        var title = (StringColumn)segment.Columns[3];
        var tags = (StringListColumn)segment.Columns[4];
        for (int row = 0; row < rows; row++)
        {
            FieldValue[] expected = SampleRows.Fields(row);
            Assert.Equal(expected[0].IsAbsent ? 0 : expected[0].AsInt64(), year.Values(rows)[row]);
            Assert.Equal(expected[1].IsAbsent ? 0 : expected[1].AsDouble(), weight.Values(rows)[row]);
            Assert.Equal(!expected[2].IsAbsent && expected[2].AsBool(), (read.Values(rows)[row / 64] >> (row % 64) & 1) != 0);
            Assert.Equal(expected[3].IsAbsent, title.Codes(rows)[row] == 0);
            Assert.Equal(!expected[3].IsAbsent, (title.Presence(rows)[row / 64] >> (row % 64) & 1) != 0);
            Assert.Equal(expected[3].ToString(), Encoding.UTF8.GetString(title.Utf8(row)));
            int start = (int)tags.Starts(rows)[row], end = (int)tags.Starts(rows)[row + 1];
            Assert.True(tags.AllCodes(rows)[start..end].SequenceEqual(tags.Codes(row)));
            Assert.Equal(expected[4].IsAbsent ? 0 : expected[4].AsStringList().Count, end - start);
        }
    }
}
