using System.Text;

namespace VecStore.Storage;

/// <summary>
/// The values of one metadata field in one segment, by row. Mapped columns verify what they read; columns of a memory segment may be
/// read for the rows that the segment has published, while its writer appends more.
/// </summary>
public abstract class Column
{
    private readonly ColumnPart _presence;

    private protected Column(FieldSchema field, ColumnPart presence)
    {
        Field = field;
        _presence = presence;
    }

    /// <summary>The field's name and type.</summary>
    public FieldSchema Field { get; }

    /// <summary>True when the row has a value.</summary>
    public bool IsPresent(int row) => _presence.Bit(row);

    /// <summary>Which of the first rows have a value: row r at bit r % 64 of word r / 64. Bits from <paramref name="rowCount"/> on may be anything.</summary>
    public ReadOnlySpan<ulong> Presence(int rowCount) => _presence.First<ulong>(RowSet.WordsFor(rowCount));

    /// <summary>The value of a row, or absent.</summary>
    public FieldValue this[int row] => IsPresent(row) ? Present(row) : default;

    internal static Column? Named(Column[] columns, string name)
    {
        foreach (Column column in columns)
        {
            if (column.Field.Name == name) return column;
        }
        return null;
    }

    private protected abstract FieldValue Present(int row);
}

/// <summary>A column of 64-bit integers.</summary>
public sealed class Int64Column : Column
{
    private readonly ColumnPart _values;

    internal Int64Column(FieldSchema field, ColumnPart presence, ColumnPart values) : base(field, presence) => _values = values;

    /// <summary>The values of the first rows; 0 where there is none.</summary>
    public ReadOnlySpan<long> Values(int rowCount) => _values.First<long>(rowCount);

    internal long Value(int row) => _values.Value<long>(row);

    private protected override FieldValue Present(int row) => Value(row);
}

/// <summary>A column of floating-point numbers.</summary>
public sealed class DoubleColumn : Column
{
    private readonly ColumnPart _values;

    internal DoubleColumn(FieldSchema field, ColumnPart presence, ColumnPart values) : base(field, presence) => _values = values;

    /// <summary>The values of the first rows; 0 where there is none.</summary>
    public ReadOnlySpan<double> Values(int rowCount) => _values.First<double>(rowCount);

    internal double Value(int row) => _values.Value<double>(row);

    private protected override FieldValue Present(int row) => Value(row);
}

/// <summary>A column of truth values, one bit a row.</summary>
public sealed class BoolColumn : Column
{
    private readonly ColumnPart _values;

    internal BoolColumn(FieldSchema field, ColumnPart presence, ColumnPart values) : base(field, presence) => _values = values;

    /// <summary>The values of the first rows as bits, like <see cref="Column.Presence"/>; 0 where there is none.</summary>
    public ReadOnlySpan<ulong> Values(int rowCount) => _values.First<ulong>(RowSet.WordsFor(rowCount));

    internal bool Value(int row) => _values.Bit(row);

    private protected override FieldValue Present(int row) => Value(row);
}

/// <summary>A column of strings: a code a row, and the dictionary that gives the string of each code.</summary>
public sealed class StringColumn : Column
{
    private readonly ColumnPart _codes;

    internal StringColumn(FieldSchema field, ColumnPart presence, ColumnPart codes, StringDictionary dictionary) : base(field, presence)
    {
        _codes = codes;
        Dictionary = dictionary;
    }

    /// <summary>The distinct strings.</summary>
    public StringDictionary Dictionary { get; }

    /// <summary>The codes of the first rows; 0 where there is no value.</summary>
    public ReadOnlySpan<uint> Codes(int rowCount) => _codes.First<uint>(rowCount);

    /// <summary>The string of a row as UTF-8; empty where there is none.</summary>
    public ReadOnlySpan<byte> Utf8(int row) => _codes.Value<uint>(row) is uint code and not 0 ? Dictionary[code] : default;

    private protected override FieldValue Present(int row) => Encoding.UTF8.GetString(Utf8(row));
}

/// <summary>A column of lists of strings: for each row a run of codes.</summary>
public sealed class StringListColumn : Column
{
    private readonly ColumnPart _starts;
    private readonly CodeRuns _codes;

    internal StringListColumn(FieldSchema field, ColumnPart presence, ColumnPart starts, CodeRuns codes, StringDictionary dictionary)
        : base(field, presence)
    {
        _starts = starts;
        _codes = codes;
        Dictionary = dictionary;
    }

    /// <summary>The distinct strings of all lists.</summary>
    public StringDictionary Dictionary { get; }

    /// <summary>Where in <see cref="AllCodes"/> the list of each row starts, and one more for the end of the last.</summary>
    public ReadOnlySpan<uint> Starts(int rowCount) => _starts.First<uint>(rowCount + 1);

    /// <summary>The codes of the lists of the first rows, one list after the other.</summary>
    public ReadOnlySpan<uint> AllCodes(int rowCount) => _codes.Range(0, _starts.Value<uint>(rowCount));

    /// <summary>The codes of the list of a row, in the order they were given; empty where there is none.</summary>
    public ReadOnlySpan<uint> Codes(int row) => _codes.Range(_starts.Value<uint>(row), _starts.Value<uint>(row + 1L));

    private protected override FieldValue Present(int row)
    {
        ReadOnlySpan<uint> codes = Codes(row);
        string[] list = new string[codes.Length];
        for (int i = 0; i < list.Length; i++) list[i] = Encoding.UTF8.GetString(Dictionary[codes[i]]);
        return list;
    }
}

/// <summary>The codes of the lists of a column: in a file, or in an array that the writer of a memory segment replaces by a longer one.</summary>
internal sealed unsafe class CodeRuns
{
    private readonly ColumnPart _mapped;
    private volatile uint[]? _growing;

    public CodeRuns(ColumnPart mapped) => _mapped = mapped;

    public CodeRuns() => _growing = new uint[64];

    public ReadOnlySpan<uint> Range(uint start, uint end)
    {
        if (end < start || end - start > int.MaxValue) throw _mapped.Corrupt("lists that end after they start", $"a list from {start} to {end}");
        if (_growing is uint[] codes) return codes.AsSpan((int)start, (int)(end - start));
        return new ReadOnlySpan<uint>(_mapped.At(start * (long)sizeof(uint), (end - start) * (long)sizeof(uint)), (int)(end - start));
    }

    /// <summary>Writer only: the code becomes readable when its row is published.</summary>
    public void Set(uint index, uint code)
    {
        uint[] codes = _growing!;
        if (index >= codes.Length)
        {
            Array.Resize(ref codes, checked((int)index * 2));
            _growing = codes;
        }
        codes[index] = code;
    }
}
