using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace VecStore.Storage.Tests;

/// <summary>Rows that are a function of their number, so that any copy of them can be checked without keeping them.</summary>
internal sealed class SampleRows(CollectionSchema schema)
{
    public static readonly FieldSchema[] AllFields =
    [
        new("year", FieldType.Int64), new("weight", FieldType.Double), new("read", FieldType.Bool),
        new("title", FieldType.String), new("tags", FieldType.StringList),
    ];

    public static CollectionSchema Schema(int dimension = 20, KeyKind keyKind = KeyKind.Int64, Metric metric = Metric.Cosine,
        ElementType elementType = ElementType.Float32) =>
        new(dimension) { KeyKind = keyKind, Metric = metric, ElementType = elementType, Fields = AllFields };

    public CollectionSchema RowSchema => schema;

    public byte[] Encoded(int row)
    {
        byte[] bytes = new byte[RowLayout.RowBytes(schema)];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)((row * 31) + (i * 7) + (row * i));
        return bytes;
    }

    public static float InverseNorm(int row) => 1f / (row + 1);

    public static float Scale(int row) => row / 127f;

    public static long Key(int row) => row % 3 == 0 ? -row * 1_000_003L : row * 17L;

    public static byte[] Utf8Key(int row) => row switch
    {
        0 => [],
        1 => Encoding.UTF8.GetBytes(new string('k', 50_000)),
        _ => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"word-é-{row}")),
    };

    public static FieldValue[] Fields(int row) =>
    [
        row % 5 == 0 ? default : (FieldValue)(row * -10L),
        row % 7 == 0 ? default : (FieldValue)(row * 0.5),
        row % 3 == 0 ? default : (FieldValue)(row % 2 == 0),
        row % 4 == 0 ? default : (FieldValue)string.Create(CultureInfo.InvariantCulture, $"title {row % 11}"),
        (row % 6) switch { 0 => default, 1 => (FieldValue)Array.Empty<string>(), int n => (FieldValue)Tags(n) },
    ];

    public void AppendTo(SegmentWriter writer, int row)
    {
        if (schema.KeyKind == KeyKind.Int64) writer.Append(Encoded(row), InverseNorm(row), Scale(row), Key(row), Fields(row));
        else writer.Append(Encoded(row), InverseNorm(row), Scale(row), Utf8Key(row), Fields(row));
    }

    public void AppendTo(MemorySegment segment, int row)
    {
        int at = schema.KeyKind == KeyKind.Int64
            ? segment.Append(Encoded(row), InverseNorm(row), Scale(row), Key(row), Fields(row))
            : segment.Append(Encoded(row), InverseNorm(row), Scale(row), Utf8Key(row), Fields(row));
        Assert.Equal(row, at);
    }

    public WrittenSegment WriteFile(IStoreFiles files, string path, int rows, long id = 7)
    {
        using SegmentWriter writer = SegmentWriter.Create(files, path, id, schema);
        for (int row = 0; row < rows; row++) AppendTo(writer, row);
        return writer.Complete();
    }

    /// <summary>Everything that can be read of a row, by every way to read it.</summary>
    public unsafe void AssertRow(ISegment segment, int row, int visibleRows)
    {
        VectorRows vectors = segment.FirstRows(visibleRows);
        vectors.Ensure(row, 1);
        byte* start = vectors.Base + (row * (long)vectors.StrideBytes);
        Assert.Equal(0, (long)start % 64);
        byte[] expected = Encoded(row);
        Assert.True(new ReadOnlySpan<byte>(start, expected.Length).SequenceEqual(expected), $"row {row}");
        Assert.False(new ReadOnlySpan<byte>(start + expected.Length, (int)vectors.StrideBytes - expected.Length).ContainsAnyExcept((byte)0));
        if (schema.Metric == Metric.Cosine) Assert.Equal(InverseNorm(row), vectors.InverseNorms[row]);
        else Assert.True(vectors.InverseNorms == null);
        if (schema.ElementType == ElementType.Int8) Assert.Equal(Scale(row), vectors.Scales[row]);
        else Assert.True(vectors.Scales == null);

        int found;
        if (schema.KeyKind == KeyKind.Int64)
        {
            Assert.Equal(Key(row), segment.Int64Key(row));
            Assert.True(segment.TryFind(Key(row), visibleRows, null, out found));
        }
        else
        {
            Assert.True(segment.Utf8Key(row).SequenceEqual(Utf8Key(row)));
            Assert.True(segment.TryFind(Utf8Key(row), visibleRows, null, out found));
        }
        Assert.Equal(row, found);

        FieldValue[] fields = Fields(row);
        for (int i = 0; i < schema.Fields.Count; i++)
        {
            Assert.True(segment.TryGetColumn(schema.Fields[i].Name, out Column? column));
            Assert.Equal(fields[i], column[row]);
        }
    }

    private static string[] Tags(int count) =>
        [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"tag {i * count % 4}"))];

    public static byte[] Floats(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
