using System.Buffers.Binary;

using VecStore.Formats.Bytes;
using VecStore.Formats.Elements;
using VecStore.Formats.Matrices;

namespace VecStore.Formats.Arrow;

/// <summary>
/// Vectors of an Arrow file: a column of lists of floats, one vector a row; or of lists of lists, one sequence of tokens a row (SAELens' caches), whose place becomes the
/// fields document and position. A column token_ids, tokens or input_ids beside it becomes the field token.
/// </summary>
internal sealed class ArrowSource : VectorSource
{
    private const int DecodeElements = 1 << 18;

    private readonly ArrowFile file;
    private readonly ArrowField column;
    private readonly ArrowField inner;
    private readonly ArrowField? tokens;
    private readonly long[] firstVectors; // of each batch, and the total
    private readonly long[] firstRows;
    private int batch = -1;
    private long[] sequences = []; // where each row's vectors begin in the batch's child, and the end
    private long[] vectors = []; // the same of each vector's elements, for lists of any length
    private long[] ids = [];
    private long next;
    private byte[] scratch = [];

    private ArrowSource(ArrowFile file, ArrowField column, int dimension, ArrowField? tokens, SourceOptions options, IEnumerable<string> notes)
        : base(file.Bytes.Name, VectorFileFormat.Arrow, dimension, options)
    {
        (this.file, this.column, this.tokens) = (file, column, tokens);
        inner = column.IsSequence ? column.Children[0] : column;
        StoredElement = inner.ItemOfList!.Value;
        firstVectors = new long[file.Batches.Count + 1];
        firstRows = new long[file.Batches.Count + 1];
        for (int i = 0; i < file.Batches.Count; i++)
        {
            firstVectors[i + 1] = checked(firstVectors[i] + VectorsOf(i));
            firstRows[i + 1] = checked(firstRows[i] + file.Batches[i].Rows);
        }
        RowCount = firstVectors[^1];
        SourceField document = new("document", SourceFieldType.Int64), position = new("position", SourceFieldType.Int64), token = new("token", SourceFieldType.Int64);
        if (column.IsSequence) Fields = tokens is null ? [document, position] : [document, position, token];
        if (ElementDecoder.Loss(StoredElement) is { } loss) Note(loss);
        foreach (string note in notes) Note(note);
    }

    internal override long DocumentCount => firstRows[^1];

    public static ArrowSource Of(ByteSource bytes, SourceOptions options)
    {
        ArrowFile file = new(bytes);
        ArrowField column = Choose(file, options);
        List<string> notes = [];
        ArrowField? tokens = column.IsSequence ? Array.Find(file.Schema.Fields, field => TokenIds.IsName(field.Name) && field.IsIntegers && !field.Wide) : null;
        string[] left = [.. file.Schema.Fields.Where(field => field != column && field != tokens).Select(field => field.Name)];
        if (left.Length > 0) notes.Add($"columns left out: {string.Join(", ", left.Take(20))}");
        int dimension = DimensionOf(file, column, options);
        if (tokens is not null && !SameLengths(file, column, tokens))
        {
            notes.Add($"column '{tokens.Name}' has other lengths than '{column.Name}' (a shortened context): left out");
            tokens = null;
        }
        return new(file, column, dimension, tokens, options, notes);
    }

    private protected override int Fill(VectorBlock block, int wanted)
    {
        while (batch < file.Batches.Count && (batch < 0 || next >= firstVectors[batch + 1]))
        {
            batch++;
            if (batch < file.Batches.Count && next < firstVectors[batch + 1]) Load();
        }
        if (batch >= file.Batches.Count) return 0;
        int count = (int)Math.Min(wanted, firstVectors[batch + 1] - next);
        long within = sequences[0] + next - firstVectors[batch];
        ReadVectors(within, count, block.Rows);
        if (column.IsSequence) Place(block, within, count);
        next += count;
        return count;
    }

    private protected override long Skip(long rows)
    {
        rows = Math.Min(rows, firstVectors[^1] - next);
        next += rows;
        int target = Array.FindIndex(firstVectors, first => first > next) - 1;
        if (target != batch) batch = target < 0 ? file.Batches.Count : target - 1;
        return rows;
    }

    private protected override void Close() => file.Bytes.Dispose();

    private void Load()
    {
        ArrowBatch here = file.Batches[batch];
        NoNulls(here, column);
        sequences = column.IsSequence ? Starts(here, column, here.Rows) : [0, here.Rows];
        if (column.IsSequence) NoNulls(here, inner);
        NoNulls(here, inner.Children[0]);
        long lists = column.IsSequence ? here.Nodes[inner.Node].Length : here.Rows;
        if (sequences[^1] > lists) throw Error(here, column, $"its lists reach {sequences[^1]:N0} vectors of {lists:N0}");
        vectors = Starts(here, inner, lists);
        for (long i = sequences[0]; i < sequences[^1]; i++)
            if (vectors[i + 1] - vectors[i] != Dimension)
                throw Error(here, inner, $"vector {firstVectors[batch] + i - sequences[0]} has {vectors[i + 1] - vectors[i]} elements, the first one {Dimension}");
        long elements = here.Buffers[inner.Children[0].Buffer + 1].Length / ElementDecoder.Width(StoredElement);
        if (sequences[^1] > sequences[0] && vectors[sequences[^1]] > elements) throw Error(here, inner, $"its lists reach {vectors[sequences[^1]]:N0} elements of {elements:N0}");
        if (tokens is not null) LoadTokens(here);
    }

    private void LoadTokens(ArrowBatch here)
    {
        NoNulls(here, tokens!);
        NoNulls(here, tokens!.Children[0]);
        long[] starts = Starts(here, tokens, here.Rows);
        for (long row = 0; row < here.Rows; row++)
            if (starts[row + 1] - starts[row] != sequences[row + 1] - sequences[row])
                throw Error(here, tokens, $"row {firstRows[batch] + row} has {starts[row + 1] - starts[row]} token ids for {sequences[row + 1] - sequences[row]} vectors");
        ArrowField item = tokens.Children[0];
        (long offset, long length) = here.Buffers[item.Buffer + 1];
        int width = ElementDecoder.Width(item.Element!.Value);
        long count = sequences[^1] - sequences[0];
        if (starts[^1] > length / width) throw Error(here, tokens, $"its lists reach {starts[^1]:N0} ids of {length / width:N0}");
        byte[] raw = new byte[checked((int)(count * width))];
        file.Bytes.ReadExactly(offset + starts[0] * width, raw);
        if (ids.Length < count) ids = new long[count];
        for (int i = 0; i < count; i++) ids[i] = TokenIds.Value(item.Element.Value, raw.AsSpan(i * width, width));
    }

    private void ReadVectors(long first, int count, float[] results)
    {
        int width = ElementDecoder.Width(StoredElement);
        (long offset, _) = file.Batches[batch].Buffers[inner.Children[0].Buffer + 1];
        // Lists of equal length follow each other.
        long start = vectors[first];
        int total = count * Dimension;
        if (scratch.Length < Math.Min(total, DecodeElements) * width) scratch = new byte[Math.Min(total, DecodeElements) * width];
        for (int done = 0; done < total;)
        {
            int step = Math.Min(total - done, DecodeElements);
            Span<byte> raw = scratch.AsSpan(0, step * width);
            file.Bytes.ReadExactly(offset + (start + done) * width, raw);
            ElementDecoder.Decode(StoredElement, false, raw, results.AsSpan(done, step));
            done += step;
        }
    }

    private void Place(VectorBlock block, long within, int count)
    {
        int row = Array.BinarySearch(sequences, within);
        // Empty sequences begin where the next one does: the last of equal starts holds the vector.
        row = row < 0 ? ~row - 1 : row;
        for (int i = 0; i < count; i++, within++)
        {
            while (within >= sequences[row + 1]) row++;
            while (row > 0 && within < sequences[row]) row--;
            block.Column(0).Set(i, firstRows[batch] + row);
            block.Column(1).Set(i, within - sequences[row]);
            if (tokens is not null) block.Column(2).Set(i, ids[within - sequences[0]]);
        }
    }

    // Where each of so many lists begins among its child's items, and the end of the last.
    private long[] Starts(ArrowBatch here, ArrowField list, long count)
    {
        long[] starts = new long[checked((int)Lists(here, list, count) + 1)];
        if (list.Kind == ArrowKind.FixedSizeList)
        {
            for (int i = 0; i < starts.Length; i++) starts[i] = checked((long)i * list.Size);
            return starts;
        }
        int width = list.Wide ? 8 : 4;
        if (count == 0 && here.Buffers[list.Buffer + 1].Length == 0) return starts;
        byte[] raw = new byte[checked(starts.Length * width)];
        file.Bytes.ReadExactly(here.Buffers[list.Buffer + 1].Offset, raw);
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = list.Wide ? BinaryPrimitives.ReadInt64LittleEndian(raw.AsSpan(8 * i)) : BinaryPrimitives.ReadInt32LittleEndian(raw.AsSpan(4 * i));
            if (starts[i] < 0 || (i > 0 && starts[i] < starts[i - 1])) throw Error(here, list, $"the offset of list {i} goes back");
        }
        return starts;
    }

    // Before anything is allocated: so many lists have offsets, or items, in the file.
    private long Lists(ArrowBatch here, ArrowField list, long count)
    {
        long room = list.Kind == ArrowKind.FixedSizeList
            ? list.Children[0].Kind == ArrowKind.Number ? here.Buffers[list.Children[0].Buffer + 1].Length / ElementDecoder.Width(list.Children[0].Element!.Value) / list.Size : here.Nodes[list.Children[0].Node].Length / list.Size
            : here.Buffers[list.Buffer + 1].Length / (list.Wide ? 8 : 4) - 1;
        if (count < 0 || (count > 0 && count > room)) throw Error(here, list, $"{count:N0} lists, the batch has room for {Math.Max(0, room):N0}");
        return list.Kind == ArrowKind.FixedSizeList && list.Children[0].Kind != ArrowKind.Number ? Math.Min(count, file.Bytes.Length) : count;
    }

    private long VectorsOf(int index)
    {
        ArrowBatch here = file.Batches[index];
        if (!column.IsSequence) return here.Rows;
        long[] starts = Starts(here, column, here.Rows);
        return starts[^1] - starts[0];
    }

    private void NoNulls(ArrowBatch here, ArrowField field)
    {
        if (here.Nodes[field.Node].Nulls != 0) throw Error(here, field, $"{here.Nodes[field.Node].Nulls:N0} values are null");
    }

    private VectorFileException Error(ArrowBatch here, ArrowField field, string reason) =>
        file.Bytes.Error(here.Buffers.Length > field.Buffer ? here.Buffers[field.Buffer].Offset : 0, $"column '{field.Name}': {reason}");

    private static ArrowField Choose(ArrowFile file, SourceOptions options)
    {
        string listed = string.Join(", ", file.Schema.Fields.Take(40).Select(field => field.Name));
        if ((options.Tensor ?? options.VectorField) is { } wanted)
        {
            ArrowField named = Array.Find(file.Schema.Fields, field => field.Name == wanted) ?? throw file.Bytes.Error(0, $"no column '{wanted}'; it has {listed}");
            return named.IsFloats || named.IsSequence ? named : throw file.Bytes.Error(0, $"column '{wanted}' holds no lists of floats");
        }
        ArrowField[] candidates = [.. file.Schema.Fields.Where(field => field.IsFloats || field.IsSequence)];
        return candidates.Length == 1 ? candidates[0] : throw file.Bytes.Error(0, $"{candidates.Length} columns of float lists among {listed}; state which one");
    }

    private static int DimensionOf(ArrowFile file, ArrowField column, SourceOptions options)
    {
        ArrowField inner = column.IsSequence ? column.Children[0] : column;
        if (inner.Kind == ArrowKind.FixedSizeList) return CheckedDimension(file.Bytes.Name, 0, (UInt128)inner.Size);
        int width = inner.Wide ? 8 : 4;
        Span<byte> pair = stackalloc byte[16];
        foreach (ArrowBatch here in file.Batches)
        {
            (long offset, long length) = here.Buffers[inner.Buffer + 1];
            if (length < 2 * width) continue;
            file.Bytes.ReadExactly(offset, pair[..(2 * width)]);
            long size = inner.Wide ? BinaryPrimitives.ReadInt64LittleEndian(pair[8..]) - BinaryPrimitives.ReadInt64LittleEndian(pair)
                : (long)BinaryPrimitives.ReadInt32LittleEndian(pair[4..]) - BinaryPrimitives.ReadInt32LittleEndian(pair);
            return CheckedDimension(file.Bytes.Name, offset, size < 0 ? UInt128.MaxValue : (UInt128)size);
        }
        return options.Dimension ?? throw file.Bytes.Error(0, "no vector in the file, and nothing else says how long they are; state the dimension");
    }

    // Whether the first row has as many token ids as vectors.
    private static bool SameLengths(ArrowFile file, ArrowField column, ArrowField tokens)
    {
        ArrowBatch? here = file.Batches.Find(batch => batch.Rows > 0);
        return here is null || First(file, here, column) == First(file, here, tokens);

        static long First(ArrowFile file, ArrowBatch here, ArrowField list)
        {
            if (list.Kind == ArrowKind.FixedSizeList) return list.Size;
            (long offset, long length) = here.Buffers[list.Buffer + 1];
            int width = list.Wide ? 8 : 4;
            if (length < 2 * width) return 0;
            Span<byte> pair = stackalloc byte[16];
            file.Bytes.ReadExactly(offset, pair[..(2 * width)]);
            return list.Wide ? BinaryPrimitives.ReadInt64LittleEndian(pair[8..]) - BinaryPrimitives.ReadInt64LittleEndian(pair)
                : (long)BinaryPrimitives.ReadInt32LittleEndian(pair[4..]) - BinaryPrimitives.ReadInt32LittleEndian(pair);
        }
    }
}
