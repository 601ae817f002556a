using System.Text.Json;

using VecStore.Formats.Bytes;
using VecStore.Formats.Text;

namespace VecStore.Formats.Tabular;

/// <summary>Reads JSON Lines: one object a line with a vector, perhaps a key, and metadata.</summary>
internal sealed class JsonLinesSource : VectorSource
{
    /// <summary>Bytes of one line: 65,536 numbers and the text beside them.</summary>
    public const int LongestLine = 16 << 20;

    private readonly ByteSource bytes;
    private readonly ByteWindow window;
    private readonly JsonLayout layout;
    private readonly byte[][] fieldNames;
    private readonly bool[] seen;
    private readonly HashSet<string> leftOut = [];
    private readonly bool[] mixed; // fields of text of which it was said that they hold other things too

    public JsonLinesSource(ByteSource bytes, SourceOptions options) : this(bytes, options, JsonLayout.Find(bytes, options)) { }

    private JsonLinesSource(ByteSource bytes, SourceOptions options, JsonLayout layout)
        : base(bytes.Name, VectorFileFormat.JsonLines, CheckedDimension(bytes.Name, 0, (UInt128)layout.Dimension), options)
    {
        this.bytes = bytes;
        this.layout = layout;
        window = new(bytes);
        window.SkipByteOrderMark();
        StoredElement = StoredElement.Text;
        Fields = layout.Fields;
        OwnKeys = layout.Key is not null;
        fieldNames = [.. layout.Fields.Select(field => System.Text.Encoding.UTF8.GetBytes(field.Name))];
        seen = new bool[layout.Fields.Length];
        mixed = [.. layout.Fields.Select(field => options.FieldTypes.ContainsKey(field.Name))];
        foreach (string name in layout.Unfit) Note($"field '{name}' holds objects or lists of other than strings, and is left out");
    }

    public override double? FractionRead => bytes.Length == 0 ? 1 : (double)window.Position / bytes.Length;

    private protected override int Fill(VectorBlock block, int wanted)
    {
        int count = 0;
        while (count < wanted && TryLine(out ReadOnlySpan<byte> line))
        {
            try
            {
                ReadObject(line, block, count);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException and not VectorFileException)
            {
                throw new VectorFileException(bytes.Name, window.LineOffset, window.Line, JsonReason.Of(error), error);
            }
            count++;
        }
        return count;
    }

    private protected override long Skip(long rows)
    {
        long skipped = 0;
        while (skipped < rows && TryLine(out _)) skipped++;
        return skipped;
    }

    private protected override void Close()
    {
        window.Dispose();
        bytes.Dispose();
    }

    private bool TryLine(out ReadOnlySpan<byte> line)
    {
        while (window.TryTakeLine(LongestLine, out line))
            if (!line.Trim(" \t"u8).IsEmpty) return true;
        return false;
    }

    private void ReadObject(ReadOnlySpan<byte> line, VectorBlock block, int row)
    {
        Utf8JsonReader reader = new(line, new JsonReaderOptions { MaxDepth = 64 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new FormatException("the line is not a JSON object");
        bool vector = false, key = false;
        Array.Clear(seen);
        for (int i = 0; i < fieldNames.Length; i++) block.Column(i).Clear(row);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(layout.Vector))
            {
                if (vector) throw new FormatException($"field '{layout.Vector}' is there twice");
                vector = true;
                reader.Read();
                ReadVector(ref reader, block.RowToFill(row));
            }
            else if (layout.Key is not null && reader.ValueTextEquals(layout.Key))
            {
                if (key) throw new FormatException($"field '{layout.Key}' is there twice");
                key = true;
                reader.Read();
                block.SetKey(row, JsonLayout.KeyText(ref reader) ?? throw new FormatException($"the key '{layout.Key}' is neither a string nor an integer"));
            }
            else ReadField(ref reader, line, block, row);
        }
        if (reader.TokenType != JsonTokenType.EndObject || reader.Read()) throw new FormatException("more than one JSON object on the line");
        if (!vector) throw new FormatException($"no field '{layout.Vector}'");
        if (layout.Key is not null && !key) throw new FormatException($"no field '{layout.Key}'");
    }

    private void ReadVector(ref Utf8JsonReader reader, Span<float> row)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new FormatException($"'{layout.Vector}' is not an array of numbers");
        for (int i = 0; i < row.Length; i++)
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.Number)
                throw new FormatException(reader.TokenType == JsonTokenType.EndArray
                    ? $"the vector has {i} numbers, the first one had {row.Length}" : $"element {i} of '{layout.Vector}' is not a number");
            int at = 0;
            if (!FloatText.TryParse(reader.ValueSpan, ref at, out row[i]) || at != reader.ValueSpan.Length)
                throw new FormatException($"element {i} of '{layout.Vector}' cannot be read");
        }
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw new FormatException($"the vector has more than {row.Length} numbers");
    }

    private void ReadField(ref Utf8JsonReader reader, ReadOnlySpan<byte> line, VectorBlock block, int row)
    {
        int index = 0;
        while (index < fieldNames.Length && !reader.ValueTextEquals(fieldNames[index])) index++;
        if (index == fieldNames.Length)
        {
            if (layout.Wanted is null && leftOut.Count < 16 && reader.GetString() is { } name && !layout.Unfit.Contains(name) && leftOut.Add(name))
                Note($"field '{name}', first seen on line {window.Line:N0}, was not in the sample and is left out");
            reader.Read();
            reader.Skip();
            return;
        }
        SourceColumn column = block.Column(index);
        if (seen[index]) throw new FormatException($"field '{column.Field.Name}' is there twice");
        seen[index] = true;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return;
        switch (column.Field.Type, reader.TokenType)
        {
            case (SourceFieldType.Int64, JsonTokenType.Number) when reader.TryGetInt64(out long value): column.Set(row, value); break;
            case (SourceFieldType.Double, JsonTokenType.Number): column.Set(row, reader.GetDouble()); break;
            case (SourceFieldType.Bool, JsonTokenType.True or JsonTokenType.False): column.Set(row, reader.GetBoolean()); break;
            case (SourceFieldType.String, JsonTokenType.String): column.Set(row, reader.GetString()!); break;
            case (SourceFieldType.String, _):
                if (!mixed[index])
                {
                    mixed[index] = true;
                    Note($"field '{column.Field.Name}' holds text and, first on line {window.Line:N0}, {Word(reader.TokenType)}: all of it is taken as text");
                }

                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                column.Set(row, System.Text.Encoding.UTF8.GetString(line[start..(int)reader.BytesConsumed]));
                break;
            case (SourceFieldType.StringList, JsonTokenType.StartArray) when StringLists.TryRead(ref reader, out string[] items): column.Set(row, items); break;
            default:
                throw new FormatException(
                    $"field '{column.Field.Name}' holds a {reader.TokenType}, which is no {column.Field.Type}; if the type was not meant so, state it (String holds anything)");
        }
    }

    private static string Word(JsonTokenType token) => token switch
    {
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        _ => "a list",
    };
}
