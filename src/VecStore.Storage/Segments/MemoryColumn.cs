namespace VecStore.Storage;

/// <summary>
/// The writer's side of a column of a memory segment: memory for all rows that the segment can have, so that nothing moves under readers.
/// Rows before the column was added are zeros: absent.
/// </summary>
internal sealed unsafe class MemoryColumn : IDisposable
{
    private readonly FieldType _type;
    private readonly ReservedMemory _presence, _values;
    private readonly GrowingDictionary? _dictionary;
    private readonly CodeRuns? _codes;
    private readonly Utf8Buffer _utf8 = new();

    public MemoryColumn(FieldSchema field, int capacity)
    {
        _type = field.Type;
        long words = RowSet.WordsFor(capacity) * (long)sizeof(ulong);
        long bytes = _type switch
        {
            FieldType.Bool => words,
            FieldType.String => capacity * (long)sizeof(uint),
            FieldType.StringList => (capacity + 1L) * sizeof(uint),
            _ => capacity * (long)sizeof(long),
        };
        _presence = new ReservedMemory(words);
        _values = new ReservedMemory(bytes);
        if (_type is FieldType.String or FieldType.StringList) _dictionary = new GrowingDictionary();
        if (_type == FieldType.StringList) _codes = new CodeRuns();

        var presence = new ColumnPart(_presence.Start, words);
        var values = new ColumnPart(_values.Start, bytes);
        Column = _type switch
        {
            FieldType.Int64 => new Int64Column(field, presence, values),
            FieldType.Double => new DoubleColumn(field, presence, values),
            FieldType.Bool => new BoolColumn(field, presence, values),
            FieldType.String => new StringColumn(field, presence, values, _dictionary!),
            FieldType.StringList => new StringListColumn(field, presence, values, _codes!, _dictionary!),
            _ => throw new ArgumentException($"'{field.Name}' has no field type", nameof(field)),
        };
    }

    /// <summary>The readers' side.</summary>
    public Column Column { get; }

    /// <summary>Sets the value of a row that readers do not see yet, overwriting what a failed append may have left.</summary>
    public void Set(int row, FieldValue value)
    {
        bool present = !value.IsAbsent;
        SetBit(_presence, row, present);
        switch (_type)
        {
            case FieldType.Int64:
                ((long*)_values.Start)[row] = present ? value.AsInt64() : 0;
                break;
            case FieldType.Double:
                ((double*)_values.Start)[row] = present ? value.AsDouble() : 0;
                break;
            case FieldType.Bool:
                SetBit(_values, row, present && value.AsBool());
                break;
            case FieldType.String:
                ((uint*)_values.Start)[row] = present ? _dictionary!.Add(_utf8.Encode(value.AsString())) : 0;
                break;
            case FieldType.StringList:
                uint* starts = (uint*)_values.Start;
                uint end = starts[row];
                if (present)
                {
                    foreach (string text in value.AsStringList()) _codes!.Set(checked(end++), _dictionary!.Add(_utf8.Encode(text)));
                }
                starts[row + 1] = end;
                break;
        }
    }

    public void Dispose()
    {
        _presence.Dispose();
        _values.Dispose();
    }

    // One writer: readers of the word see their own bits unchanged, before and after.
    private static void SetBit(ReservedMemory words, int row, bool bit)
    {
        ref ulong word = ref ((ulong*)words.Start)[row >> 6];
        ulong mask = 1UL << (row & 63);
        Volatile.Write(ref word, bit ? word | mask : word & ~mask);
    }
}
