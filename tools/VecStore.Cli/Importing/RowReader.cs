using System.Globalization;
using VecStore.Formats;

namespace VecStore.Cli.Importing;

/// <summary>The rows of a source one by one, as a collection takes them: key, vector, metadata.</summary>
internal sealed class RowReader(ImportRequest request, VectorSource source, RowRange range, CollectionSchema schema)
{
    private readonly VectorBlock block = new();
    private readonly FieldValues values = [];
    private readonly float[] unit = request.Normalize ? new float[source.Dimension] : [];
    private int at = -1;
    private bool blockHasInvalid;

    /// <summary>Rows that were left out because they hold a NaN or an infinity.</summary>
    public long Invalid { get; private set; }

    /// <summary>Rows read, those left out included.</summary>
    public long Read { get; private set; }

    public Key Key => block.Keys[at] is { } text ? Keys.Parse(schema.KeyKind, text) : Keys.OfRow(schema.KeyKind, request.FirstKey + RowNumber);

    public ReadOnlySpan<float> Vector => request.Normalize ? unit : block.Row(at);

    /// <summary>Rows that could not be normalized: all their elements are 0.</summary>
    public long Zeros { get; private set; }

    /// <summary>The number of the row in its file, from 0.</summary>
    public long RowNumber => block.FirstRow + at;

    /// <summary>How much of the work is done, 0 to 1; null if unknown.</summary>
    public double? Fraction => range.End is { } end ? end == range.First ? 1 : (double)(source.Position - range.First) / (end - range.First) : source.FractionRead;

    /// <summary>The row's metadata; the object is used again for the next row.</summary>
    public FieldValues? Fields
    {
        get
        {
            if (block.Columns.Count == 0) return null;
            values.Clear();
            foreach (SourceColumn column in block.Columns)
            {
                FieldValue value = Value(column);
                if (!value.IsAbsent) values[column.Field.Name] = value;
            }

            return values;
        }
    }

    /// <summary>Goes to the next row that can be stored; false after the last.</summary>
    /// <exception cref="MistakeException">A row holds a NaN or an infinity, and such rows are not to be left out.</exception>
    public bool MoveNext()
    {
        while (true)
        {
            if (++at >= block.Count && !NextBlock()) return false;
            Read++;
            int invalid = blockHasInvalid ? block.Row(at).IndexOfAnyExceptInRange(float.MinValue, float.MaxValue) : -1;
            if (invalid < 0)
            {
                if (request.Normalize) Normalize();
                return true;
            }

            if (!request.SkipInvalid)
                throw new MistakeException($"{source.Path}, row {RowNumber} (from 0): element {invalid} is {block.Row(at)[invalid].ToString(CultureInfo.InvariantCulture)}; only finite numbers "
                    + "can be searched. --skip-invalid leaves such rows out.");
            Invalid++;
        }
    }

    private void Normalize()
    {
        ReadOnlySpan<float> row = block.Row(at);
        double squares = 0; // no square of a float overflows or vanishes in it
        foreach (float element in row) squares += (double)element * element;
        double scale = squares == 0 ? 0 : 1 / Math.Sqrt(squares);
        for (int i = 0; i < row.Length; i++) unit[i] = (float)(row[i] * scale);
        if (squares == 0) Zeros++;
    }

    private bool NextBlock()
    {
        at = 0;
        long wanted = (range.End ?? long.MaxValue) - source.Position;
        long invalidBefore = source.NonFiniteRows;
        if (wanted <= 0 || !source.Read(block, wanted)) return false;
        blockHasInvalid = source.NonFiniteRows != invalidBefore;
        return true;
    }

    private FieldValue Value(SourceColumn column)
    {
        if (!column.IsPresent(at)) return default;
        return column.Field.Type switch
        {
            SourceFieldType.Int64 when schema.Fields.Single(field => field.Name == column.Field.Name).Type == FieldType.Double => (double)column.Int64(at),
            SourceFieldType.Int64 => column.Int64(at),
            SourceFieldType.Double => column.Double(at),
            SourceFieldType.Bool => column.Bool(at),
            SourceFieldType.String => column.String(at),
            _ => column.StringList(at)?.ToArray(),
        };
    }
}
