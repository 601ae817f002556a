using System.Globalization;

using VecStore.Formats.Bytes;

namespace VecStore.Formats.Tabular;

/// <summary>Reads CSV and TSV tables.</summary>
internal sealed class CsvSource : VectorSource
{
    private readonly ByteSource bytes;
    private readonly CsvLayout layout;
    private readonly CsvRecords records;
    private readonly int[] fieldColumns;
    private readonly VectorCell cell = new();
    private bool ended;

    private CsvSource(ByteSource bytes, VectorFileFormat format, SourceOptions options, CsvLayout layout, int dimension, SourceField[] fields)
        : base(bytes.Name, format, dimension, options)
    {
        this.bytes = bytes;
        this.layout = layout;
        Fields = fields;
        StoredElement = StoredElement.Text;
        OwnKeys = layout.KeyColumn >= 0;
        fieldColumns = [.. fields.Select(field => Array.IndexOf(layout.Names, field.Name))];
        records = new(bytes, format, options);
        if (layout.HasHeader) records.Read();
    }

    public override double? FractionRead => records.Fraction;

    public static CsvSource Open(ByteSource bytes, VectorFileFormat format, SourceOptions options)
    {
        using CsvRecords sample = new(bytes, format, options);
        List<string[]> first = [];
        while (first.Count < 2 && sample.Read()) first.Add([.. Enumerable.Range(0, sample.Count).Select(i => sample[i])]);
        if (first.Count == 0) throw new VectorFileException(bytes.Name, 0, "the table is empty");
        CsvLayout layout = CsvLayout.Find(bytes.Name, first[0], first.ElementAtOrDefault(1), options);
        if (layout.HasHeader && first.Count == 1 && layout.IsList)
            throw new VectorFileException(bytes.Name, null, 1, "a header without rows: no telling the vectors' dimension");

        int dimension = layout.IsList
            ? new VectorCell().Count(first[layout.HasHeader ? 1 : 0][layout.VectorColumns[0]])
            : layout.VectorColumns.Length;
        if (dimension < 1) throw new VectorFileException(bytes.Name, null, layout.HasHeader ? 2 : 1, $"column '{layout.Names[layout.VectorColumns[0]]}' does not hold vectors");
        return new(bytes, format, options, layout, CheckedDimension(bytes.Name, 0, (UInt128)dimension), Infer(sample, layout, first, options));
    }

    private protected override int Fill(VectorBlock block, int wanted)
    {
        int count = 0;
        while (count < wanted && TryRecord())
        {
            ReadVector(block.RowToFill(count));
            if (layout.KeyColumn >= 0) block.SetKey(count, Cell(layout.KeyColumn));
            for (int i = 0; i < fieldColumns.Length; i++) ReadField(block.Column(i), count, Cell(fieldColumns[i]));
            count++;
        }
        return count;
    }

    private protected override long Skip(long rows)
    {
        long skipped = 0;
        while (skipped < rows && TryRecord()) skipped++;
        return skipped;
    }

    private protected override void Close()
    {
        records.Dispose();
        bytes.Dispose();
    }

    private static SourceField[] Infer(CsvRecords sample, CsvLayout layout, List<string[]> first, SourceOptions options)
    {
        int[] columns = [.. Enumerable.Range(0, layout.Names.Length).Where(i =>
            i != layout.KeyColumn && !layout.VectorColumns.Contains(i) && options.Fields?.Contains(layout.Names[i]) != false)];
        if (columns.Length == 0) return [];
        if (columns.GroupBy(i => layout.Names[i]).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw sample.Error($"two columns are named '{twice.Key}'; say which fields to read");
        FieldInference[] seen = [.. columns.Select(_ => new FieldInference())];
        foreach (string[] record in first.Skip(layout.HasHeader ? 1 : 0))
            for (int i = 0; i < columns.Length; i++)
                if (columns[i] < record.Length) seen[i].SeeText(record[columns[i]]);
        long size = 0;
        for (int rows = 0; rows < FieldInference.SampleRows && size < FieldInference.SampleSize && sample.Read(); rows++)
        {
            if (sample.Count != layout.Names.Length) break; // Reading the row will say so.
            for (int i = 0; i < columns.Length; i++) seen[i].SeeText(sample[columns[i]]);
            size += (long)sample[layout.VectorColumns[0]].Length * layout.VectorColumns.Length;
        }
        return [.. columns.Select((column, i) => new SourceField(
            layout.Names[column], options.FieldTypes.TryGetValue(layout.Names[column], out SourceFieldType stated) ? stated : seen[i].Type!.Value))];
    }

    private bool TryRecord()
    {
        if (ended) return false;
        if (!records.Read())
        {
            ended = true;
            if (records.InvalidBytes > 0) Note($"{records.InvalidBytes:N0} invalid UTF-8 sequences were escaped or replaced");
            return false;
        }
        if (records.Count != layout.Names.Length) throw records.Error($"{records.Count} fields, the first record has {layout.Names.Length}");
        return true;
    }

    private string Cell(int column) => records[column];

    private void ReadVector(Span<float> row)
    {
        if (layout.IsList)
        {
            if (cell.Parse(Cell(layout.VectorColumns[0]), row) is { } reason) throw records.Error(reason);
            return;
        }
        for (int i = 0; i < row.Length; i++)
            if (!cell.TryNumber(Cell(layout.VectorColumns[i]), out row[i]))
                throw records.Error($"column '{layout.Names[layout.VectorColumns[i]]}' holds '{Shown(Cell(layout.VectorColumns[i]))}', not a number");
    }

    private void ReadField(SourceColumn column, int row, string text)
    {
        column.Clear(row);
        if (text.Length == 0) return;
        switch (column.Field.Type)
        {
            case SourceFieldType.Int64 when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value):
                column.Set(row, value);
                break;
            case SourceFieldType.Double when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value):
                column.Set(row, value);
                break;
            case SourceFieldType.Bool when bool.TryParse(text, out bool value):
                column.Set(row, value);
                break;
            case SourceFieldType.String:
                column.Set(row, text);
                break;
            case SourceFieldType.StringList:
                column.Set(row, StringLists.TryParse(text, out string[] items) ? items : throw Mismatch(column.Field, text));
                break;
            default: throw Mismatch(column.Field, text);
        }
    }

    private VectorFileException Mismatch(SourceField field, string text) => records.Error(
        $"field '{field.Name}' holds '{Shown(text)}', which is no {field.Type}; if the type was not meant so, state it (String holds anything)");

    private static string Shown(string text) => text.Length > 40 ? text[..40] + "..." : text;
}
