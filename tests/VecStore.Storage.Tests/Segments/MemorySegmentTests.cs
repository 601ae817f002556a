namespace VecStore.Storage.Tests.Segments;

public sealed class MemorySegmentTests
{
    [Theory]
    [InlineData(20, KeyKind.Int64, Metric.Cosine, ElementType.Float32)]
    [InlineData(7, KeyKind.String, Metric.Dot, ElementType.Int8)]
    public void What_was_appended_is_read_back(int dimension, KeyKind keyKind, Metric metric, ElementType elementType)
    {
        SampleRows sample = new(SampleRows.Schema(dimension, keyKind, metric, elementType));
        using MemorySegment segment = new(3, sample.RowSchema, 500);
        for (int row = 0; row < 500; row++) sample.AppendTo(segment, row);
        for (int row = 0; row < 500; row++) sample.AssertRow(segment, row, 500);
        ColumnClaims.AssertRuns(segment, 500);
        Assert.True(segment.IsFull);
        Assert.Contains("full", Assert.Throws<InvalidOperationException>(() => sample.AppendTo(segment, 500)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_snapshot_finds_the_newest_version_it_can_see()
    {
        using MemorySegment segment = new(1, new(1) { Metric = Metric.Dot }, 10);
        for (int i = 0; i < 3; i++)
        {
            segment.Append(new byte[4], 0, 0, 5, []);
            segment.Append(new byte[4], 0, 0, -5, []);
        }
        int[] expected = [-1, 0, 0, 2, 2, 4, 4];
        for (int visible = 0; visible <= 6; visible++)
        {
            Assert.Equal(expected[visible] >= 0, segment.TryFind(5, visible, null, out int row));
            Assert.Equal(expected[visible], row);
        }
        Assert.False(segment.TryFind(5, 6, RowSet.Of(10, [0, 2, 4]), out _));
        Assert.True(segment.TryFind(5, 4, RowSet.Of(10, [0]), out int older));
        Assert.Equal(2, older);
        Assert.False(segment.TryFind(6, 6, null, out _));
    }

    [Fact]
    public void A_hundred_thousand_versions_of_one_key_are_found_as_fast_as_one()
    {
        using MemorySegment segment = new(1, new(1) { Metric = Metric.Dot }, 100_000);
        for (int i = 0; i < 100_000; i++)
        {
            segment.Append(new byte[4], 0, 0, 42, []);
            Assert.True(segment.TryFind(42, i + 1, null, out int row)); // a walk over all versions would take hours
            Assert.Equal(i, row);
        }
    }

    [Fact]
    public void A_field_added_later_is_absent_before_and_there_after()
    {
        SampleRows sample = new(SampleRows.Schema(dimension: 2));
        using MemorySegment segment = new(1, sample.RowSchema, 100);
        for (int row = 0; row < 50; row++) sample.AppendTo(segment, row);
        segment.AddField(new("later", FieldType.StringList));
        segment.AddField(new("number", FieldType.Int64));
        Assert.Throws<ArgumentException>(() => segment.AddField(new("number", FieldType.Double)));
        for (int row = 50; row < 100; row++)
            segment.Append(sample.Encoded(row), 1, 1, SampleRows.Key(row), [.. SampleRows.Fields(row), new string[] { "x", "y" }, (FieldValue)7L]);
        for (int row = 0; row < 100; row++)
        {
            Assert.Equal(row < 50 ? default : (FieldValue)new string[] { "x", "y" }, segment.Columns[5][row]);
            Assert.Equal(row < 50 ? default : (FieldValue)7L, segment.Columns[6][row]);
        }
    }

    [Fact]
    public async Task Readers_see_whole_rows_while_one_writer_appends()
    {
        const int rows = 20_000;
        SampleRows sample = new(SampleRows.Schema(dimension: 16, keyKind: KeyKind.String));
        using MemorySegment segment = new(1, sample.RowSchema, rows);
        CancellationToken cancel = TestContext.Current.CancellationToken;
        Task[] readers = [.. Enumerable.Range(0, 3).Select(seed => Task.Run(() =>
        {
            Random random = new(seed);
            int seen = 0;
            while (seen < rows)
            {
                cancel.ThrowIfCancellationRequested();
                int now = segment.Count;
                Assert.True(now >= seen);
                seen = now;
                if (seen == 0) continue;
                sample.AssertRow(segment, seen - 1, seen);
                sample.AssertRow(segment, random.Next(seen), seen);
                Assert.False(segment.TryFind(SampleRows.Utf8Key(Math.Max(seen, 2) + 1), seen, null, out _));
                Assert.Equal(seen, ((StringColumn)segment.Columns[3]).Codes(seen).Length);
            }
        }, cancel))];
        for (int row = 0; row < rows; row++) sample.AppendTo(segment, row);
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(60), cancel);
    }

    [Fact]
    public void A_large_reservation_costs_only_what_is_used()
    {
        long before = Environment.WorkingSet;
        using MemorySegment segment = new(1, new(768), 1_000_000); // 3 GB of rows
        for (int row = 0; row < 1000; row++) segment.Append(new byte[768 * 4], 0, 0, row, []);
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 200L << 20);
        Assert.InRange(segment.BytesUsed, 1000 * 768 * 4, 1000 * 800 * 4);
    }
}
