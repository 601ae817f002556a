namespace VecStore.Storage;

/// <summary>How rows are laid out, and what may be asked of a row.</summary>
public static class RowLayout
{
    /// <summary>Rows begin at multiples of so many bytes.</summary>
    public const int Alignment = 64;

    /// <summary>Rows of one segment, at most.</summary>
    public const int MaxRows = 1 << 30;

    /// <summary>Bytes of a string key, at most.</summary>
    public const int MaxKeyBytes = 1 << 20;

    /// <summary>UTF-16 characters of a string field, and of each string of a list, at most.</summary>
    public const int MaxStringChars = 1 << 22;

    /// <summary>Bytes of one element.</summary>
    public static int ElementBytes(ElementType type) => type switch
    {
        ElementType.Float32 => 4,
        ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.Int8 => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not an element type"),
    };

    /// <summary>Bytes of a row without its padding.</summary>
    public static int RowBytes(CollectionSchema schema) => schema.Dimension * ElementBytes(schema.ElementType);

    /// <summary>Bytes from one row to the next: the row, padded with zeros to a multiple of 64.</summary>
    public static int StrideBytes(CollectionSchema schema) => (RowBytes(schema) + Alignment - 1) / Alignment * Alignment;

    internal static void CheckRow(CollectionSchema schema, ReadOnlySpan<byte> encodedRow, KeyKind keyKind, ReadOnlySpan<FieldValue> fields)
    {
        if (encodedRow.Length != RowBytes(schema))
            throw new ArgumentException($"a row of {encodedRow.Length} bytes; {schema.Dimension} elements of {schema.ElementType} are {RowBytes(schema)}");
        if (keyKind != schema.KeyKind) throw new ArgumentException($"a key of kind {keyKind}; the segment has keys of kind {schema.KeyKind}");
        if (fields.Length > schema.Fields.Count) throw new ArgumentException($"{fields.Length} field values; the segment has {schema.Fields.Count} fields");
        for (int i = 0; i < fields.Length; i++)
        {
            FieldSchema field = schema.Fields[i];
            bool fits = fields[i].IsAbsent || fields[i].Kind == (FieldValueKind)field.Type
                || (field.Type == FieldType.Double && fields[i].Kind == FieldValueKind.Int64);
            if (!fits) throw new ArgumentException($"the field '{field.Name}' holds {field.Type}, not {fields[i].Kind}");
            if (fields[i].Kind == FieldValueKind.String) CheckString(field, fields[i].AsString());
            if (fields[i].Kind != FieldValueKind.StringList) continue;
            foreach (string text in fields[i].AsStringList()) CheckString(field, text);
        }
    }

    internal static void CheckKey(ReadOnlySpan<byte> utf8Key)
    {
        if (utf8Key.Length > MaxKeyBytes) throw new ArgumentException($"a key of {utf8Key.Length} bytes; at most {MaxKeyBytes} are allowed");
    }

    private static void CheckString(FieldSchema field, string? text)
    {
        if (text is null) throw new ArgumentException($"a list of the field '{field.Name}' holds null");
        if (text.Length > MaxStringChars)
            throw new ArgumentException($"the field '{field.Name}' is given {text.Length} characters; at most {MaxStringChars} are allowed");
    }
}
