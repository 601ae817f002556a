using System.Collections;
using System.Data;
using System.Data.Common;
using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Tables read as a database reads them, one after the other. Lists come as text, joined by "; "; enumerations as text in snake case.</summary>
internal sealed class ResultReader(IReadOnlyList<ResultTable> tables) : DbDataReader
{
    private int table;
    private int row = -1;
    private bool closed;

    public override int FieldCount => Table.Columns.Count;

    public override bool HasRows => Table.Count > 0;

    public override bool IsClosed => closed;

    public override int Depth => 0;

    public override int RecordsAffected => -1;

    private ResultTable Table => closed ? throw new InvalidOperationException("the reader is closed") : tables[table];

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    public override bool Read()
    {
        if (row < Table.Count) row++;
        return row < Table.Count;
    }

    public override bool NextResult()
    {
        if (closed || table + 1 >= tables.Count) return false;
        table++;
        row = -1;
        return true;
    }

    public override void Close() => closed = true;

    public override string GetName(int ordinal) => Table.Columns[ordinal].Name;

    public override int GetOrdinal(string name)
    {
        for (int i = 0; i < FieldCount; i++)
            if (Table.Columns[i].Name == name) return i;
        for (int i = 0; i < FieldCount; i++)
            if (string.Equals(Table.Columns[i].Name, name, StringComparison.OrdinalIgnoreCase)) return i;
#pragma warning disable CA2201 // the exception that IDataRecord.GetOrdinal is documented to throw
        throw new IndexOutOfRangeException($"the table {Table.Name} has no column {name}");
#pragma warning restore CA2201
    }

    public override Type GetFieldType(int ordinal)
    {
        Type type = Table.Columns[ordinal].Type;
        return type.IsPrimitive ? type : typeof(string);
    }

    public override string GetDataTypeName(int ordinal) => GetFieldType(ordinal).Name;

    public override bool IsDBNull(int ordinal) => Cell(ordinal) is null;

    public override object GetValue(int ordinal) => Cell(ordinal) switch
    {
        null => DBNull.Value,
        { } value when value.GetType().IsPrimitive => value,
        { } value => ResultValue.Exact(value),
    };

    public override int GetValues(object[] values)
    {
        int count = Math.Min(values.Length, FieldCount);
        for (int i = 0; i < count; i++) values[i] = GetValue(i);
        return count;
    }

    public override bool GetBoolean(int ordinal) => (bool)GetValue(ordinal);

    public override byte GetByte(int ordinal) => Number(ordinal, Convert.ToByte);

    public override short GetInt16(int ordinal) => Number(ordinal, Convert.ToInt16);

    public override int GetInt32(int ordinal) => Number(ordinal, Convert.ToInt32);

    public override long GetInt64(int ordinal) => Number(ordinal, Convert.ToInt64);

    public override float GetFloat(int ordinal) => Number(ordinal, Convert.ToSingle);

    public override double GetDouble(int ordinal) => Number(ordinal, Convert.ToDouble);

    public override decimal GetDecimal(int ordinal) => Number(ordinal, Convert.ToDecimal);

    public override string GetString(int ordinal) => (string)GetValue(ordinal);

    public override char GetChar(int ordinal) => GetString(ordinal).Single();

    public override DateTime GetDateTime(int ordinal) => DateTime.Parse(GetString(ordinal), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    public override Guid GetGuid(int ordinal) => Guid.Parse(GetString(ordinal));

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw new NotSupportedException("results hold no bytes");

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length)
    {
        string text = GetString(ordinal);
        if (buffer is null) return text.Length;
        int count = (int)Math.Clamp(text.Length - dataOffset, 0, length);
        text.CopyTo((int)Math.Min(dataOffset, text.Length), buffer, bufferOffset, count);
        return count;
    }

    public override IEnumerator GetEnumerator() => new DbEnumerator(this, closeReader: false);

    public override DataTable GetSchemaTable()
    {
        DataTable schema = new("SchemaTable") { Locale = CultureInfo.InvariantCulture };
        schema.Columns.Add(SchemaTableColumn.ColumnName, typeof(string));
        schema.Columns.Add(SchemaTableColumn.ColumnOrdinal, typeof(int));
        schema.Columns.Add(SchemaTableColumn.ColumnSize, typeof(int));
        schema.Columns.Add(SchemaTableColumn.DataType, typeof(Type));
        schema.Columns.Add(SchemaTableColumn.AllowDBNull, typeof(bool));
        for (int i = 0; i < FieldCount; i++) schema.Rows.Add(GetName(i), i, -1, GetFieldType(i), true);
        return schema;
    }

    protected override void Dispose(bool disposing)
    {
        closed = true;
        base.Dispose(disposing);
    }

    private object? Cell(int ordinal)
        => row >= 0 && row < Table.Count ? Table[row, ordinal] : throw new InvalidOperationException("the reader is on no row: Read comes first");

    private T Number<T>(int ordinal, Func<object, IFormatProvider, T> convert) => convert(GetValue(ordinal), CultureInfo.InvariantCulture);
}
