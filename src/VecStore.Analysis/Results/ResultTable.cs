using System.Data.Common;

namespace VecStore.Analysis;

/// <summary>A small relation in memory: named, typed columns and rows that may hold nulls. Reading is safe from several threads once nothing is added any more.</summary>
public sealed class ResultTable
{
    private readonly ResultColumn[] columns;
    private readonly List<object?[]> rows = [];

    /// <summary>An empty table.</summary>
    /// <param name="name">In snake case: the property of the JSON document that holds the rows.</param>
    /// <param name="columns">At least one; names in snake case, each once.</param>
    /// <exception cref="ArgumentException">A name is not in snake case or comes twice, or a type cannot be shown.</exception>
    public ResultTable(string name, params ResultColumn[] columns)
    {
        Name = ResultName.Checked(name);
        if (columns.Length == 0) throw new ArgumentException($"the table {name} has no column", nameof(columns));
        HashSet<string> names = [];
        foreach (ResultColumn column in columns)
        {
            if (!names.Add(ResultName.Checked(column.Name))) throw new ArgumentException($"the table {name} has two columns {column.Name}", nameof(columns));
            if (!ResultValue.CanShow(column.Type)) throw new ArgumentException($"the column {column.Name} is of {column.Type}, which cannot be shown", nameof(columns));
        }
        this.columns = [.. columns];
    }

    /// <summary>The property of the JSON document that holds the rows.</summary>
    public string Name { get; }

    /// <summary>The columns.</summary>
    public IReadOnlyList<ResultColumn> Columns => columns;

    /// <summary>Number of rows.</summary>
    public int Count => rows.Count;

    /// <summary>A cell; null where there is no value.</summary>
    public object? this[int row, int column] => rows[row][column];

    /// <summary>Adds a row. Whole numbers and float widen to the column's type.</summary>
    /// <param name="values">One for each column.</param>
    /// <returns>The table itself.</returns>
    /// <exception cref="ArgumentException">Too few or too many values, or one of another type than its column's.</exception>
    public ResultTable Add(params object?[] values)
    {
        if (values.Length != columns.Length) throw new ArgumentException($"{values.Length} values for the {columns.Length} columns of {Name}", nameof(values));
        object?[] row = new object?[values.Length];
        for (int i = 0; i < row.Length; i++)
        {
            if (values[i] is not { } value) continue;
            row[i] = ResultValue.Widen(value, columns[i].Type)
                ?? throw new ArgumentException($"{Name}.{columns[i].Name} holds {columns[i].Type.Name}, not {value.GetType().Name}", nameof(values));
        }
        rows.Add(row);
        return this;
    }

    /// <summary>Reads the rows as a database does; for <c>DataTable.Load</c>, Dapper and bulk copies. Null is <see cref="DBNull"/>.</summary>
    public DbDataReader CreateReader() => new ResultReader([this]);

    /// <summary>Writes the table as CSV (RFC 4180): a line of names, invariant numbers in full, empty for null, lists joined by "; ".</summary>
    public void WriteCsv(TextWriter writer)
    {
        WriteCsvLine(writer, columns.Select(column => column.Name));
        foreach (object?[] row in rows) WriteCsvLine(writer, row.Select(ResultValue.Exact));
    }

    /// <summary>Writes the table for people, columns two spaces apart, numbers rounded and on the right.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="rows">How many rows at most; null means all.</param>
    public void WriteText(TextWriter writer, int? rows = null)
    {
        int shown = Math.Min(Count, rows ?? Count);
        string[] titles = [.. columns.Select(column => column.Unit is null ? column.Name : $"{column.Name} [{column.Unit}]")];
        string[][] cells = [.. this.rows.Take(shown).Select(row => row.Select(ResultValue.Text).ToArray())];
        int[] widths = [.. titles.Select((title, i) => Math.Max(title.Length, cells.Select(row => row[i].Length).DefaultIfEmpty(0).Max()))];
        foreach (string[] row in cells.Prepend(titles))
            writer.WriteLine(string.Join("  ", row.Select((cell, i) => ResultValue.IsNumber(columns[i].Type) ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
        if (shown < Count) writer.WriteLine($"... {Count - shown} more rows");
    }

    /// <summary>Writes one line of CSV as <see cref="WriteCsv"/> does: for tables that are never held.</summary>
    public static void WriteCsvLine(TextWriter writer, IEnumerable<string> cells) => writer.Write(string.Join(',', cells.Select(Quoted)) + "\n");

    private static string Quoted(string cell)
        => cell.AsSpan().IndexOfAny(",\"\r\n") < 0 && cell.Trim().Length == cell.Length ? cell : "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
