namespace VecStore.Formats;

/// <summary>The values of one metadata field for the rows of a block. Each value may be absent.</summary>
public sealed class SourceColumn
{
    private readonly bool[] present;
    private readonly long[] int64s = [];
    private readonly double[] doubles = [];
    private readonly string[] strings = [];
    private readonly string[][] lists = [];

    internal SourceColumn(SourceField field, int capacity)
    {
        Field = field;
        present = new bool[capacity];
        switch (field.Type)
        {
            case SourceFieldType.Double: doubles = new double[capacity]; break;
            case SourceFieldType.String: strings = new string[capacity]; break;
            case SourceFieldType.StringList: lists = new string[capacity][]; break;
            default: int64s = new long[capacity]; break;
        }
    }

    /// <summary>The field.</summary>
    public SourceField Field { get; }

    /// <summary>Whether the row has a value.</summary>
    public bool IsPresent(int row) => present[row];

    /// <summary>The value of an Int64 field; 0 where absent.</summary>
    public long Int64(int row) => int64s[row];

    /// <summary>The value of a Double field; 0 where absent.</summary>
    public double Double(int row) => doubles[row];

    /// <summary>The value of a Bool field; false where absent.</summary>
    public bool Bool(int row) => int64s[row] != 0;

    /// <summary>The value of a String field; null where absent.</summary>
    public string? String(int row) => present[row] ? strings[row] : null;

    /// <summary>The value of a StringList field; null where absent.</summary>
    public IReadOnlyList<string>? StringList(int row) => present[row] ? lists[row] : null;

    /// <summary>The value as long, double, bool, string or list of strings; null where absent.</summary>
    public object? this[int row] => !present[row] ? null : Field.Type switch
    {
        SourceFieldType.Int64 => int64s[row],
        SourceFieldType.Double => doubles[row],
        SourceFieldType.Bool => int64s[row] != 0,
        SourceFieldType.String => strings[row],
        _ => lists[row],
    };

    internal int Capacity => present.Length;

    internal void Clear(int row)
    {
        present[row] = false;
        if (int64s.Length > 0) int64s[row] = 0;
        if (doubles.Length > 0) doubles[row] = 0;
    }

    internal void Set(int row, long value) => (present[row], int64s[row]) = (true, value);

    internal void Set(int row, double value) => (present[row], doubles[row]) = (true, value);

    internal void Set(int row, bool value) => (present[row], int64s[row]) = (true, value ? 1 : 0);

    internal void Set(int row, string value) => (present[row], strings[row]) = (true, value);

    internal void Set(int row, string[] value) => (present[row], lists[row]) = (true, value);
}
