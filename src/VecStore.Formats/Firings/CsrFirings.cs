using VecStore.Formats.Bytes;
using VecStore.Formats.Matrices;
using VecStore.Formats.Numpy;

namespace VecStore.Formats.Firings;

/// <summary>
/// A sparse matrix in compressed rows in an .npz, as scipy.sparse.save_npz writes it: indptr, indices, shape, and data unless every entry is 1. Rows are blocks, or tokens of documents of equal length.
/// </summary>
internal sealed class CsrFirings : FiringDump
{
    private const int Chunk = 1 << 14;

    private readonly string path;
    private readonly ElementStream starts, indices;
    private readonly ElementStream? data;
    private readonly long rows;
    private readonly int rowsPerDocument;

    private CsrFirings(string path, FiringDumpOptions options)
    {
        this.path = path;
        List<ElementStream> opened = [];
        try
        {
            starts = Stream("indptr", opened) ?? throw Error("no array 'indptr': not a sparse matrix in compressed rows");
            indices = Stream("indices", opened) ?? throw Error("no array 'indices': not a sparse matrix in compressed rows");
            data = Stream("data", opened);
            if (!starts.IsInteger || !indices.IsInteger) throw Error("indptr and indices are integers");
            RequireRows();
            rows = starts.Count - 1;
            if (rows < 0) throw Error("indptr is empty");
            if (data is not null && data.Count != indices.Count) throw Error($"{data.Count:N0} values of {indices.Count:N0} indices");
            long columns = 0;
            if (Stream("shape", opened) is { } shape)
            {
                if (!shape.IsInteger || shape.Count != 2) throw Error("shape is two integers");
                Span<long> sizes = stackalloc long[2];
                shape.Read(sizes);
                if (sizes[0] != rows) throw Error($"shape says {sizes[0]:N0} rows, indptr has {rows:N0}");
                columns = sizes[1];
                if (options.FeatureCount is { } fewer && fewer < columns) throw Error($"{fewer:N0} features were asked for; shape says {columns:N0}");
            }
            columns = Math.Max(columns, options.FeatureCount ?? 0);
            if (columns is < 1 or > int.MaxValue) throw Error(columns == 0 ? "no array 'shape'; state the number of features (--features)" : $"{columns:N0} columns");
            FeatureCount = (int)columns;
        }
        catch
        {
            opened.ForEach(stream => stream.Dispose());
            throw;
        }
        IsBlocks = !options.RowsAreTokens;
        rowsPerDocument = IsBlocks ? 1 : options.DocumentLength ?? throw Error("rows that are tokens need the length of a document (--document-length)");
        if (rowsPerDocument < 1) throw Error($"documents of {rowsPerDocument} rows");
    }

    public override string Format => "CSR matrix";

    public override IReadOnlyList<string> Files => [path];

    public override int FeatureCount { get; }

    public override long DocumentCount => (rows + rowsPerDocument - 1) / rowsPerDocument;

    public override StoredElement? Activation => data?.Element;

    public override bool IsBlocks { get; }

    public override IReadOnlyList<string> Notes => [];

    public static new CsrFirings Open(string path, FiringDumpOptions options) => new(path, options);

    public override IEnumerable<FiringDumpDocument> Documents(CancellationToken cancellation = default)
    {
        starts.Position = indices.Position = 0;
        if (data is not null) data.Position = 0;
        long[] ends = new long[rowsPerDocument], columns = new long[Chunk];
        int[] rowStarts = new int[rowsPerDocument + 1], features = [];
        float[] activations = [];
        long[] first = new long[1];
        starts.Read(first);
        if (first[0] != 0) throw Error($"indptr begins with {first[0]}");
        long begin = 0;
        for (long document = 0; document < DocumentCount; document++)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = (int)Math.Min(rowsPerDocument, rows - (document * rowsPerDocument));
            starts.Read(ends.AsSpan(0, count));
            for (int row = 0; row < count; row++)
            {
                long before = row == 0 ? begin : ends[row - 1];
                if (ends[row] < before || ends[row] > indices.Count || ends[row] - begin > int.MaxValue)
                    throw Error($"row {(document * rowsPerDocument) + row:N0} goes from {before:N0} to {ends[row]:N0} of {indices.Count:N0} indices");
                rowStarts[row + 1] = (int)(ends[row] - begin);
            }
            int firings = rowStarts[count];
            if (features.Length < firings)
            {
                features = new int[firings + (firings / 2)];
                activations = new float[features.Length];
            }
            for (int done = 0; done < firings;)
            {
                Span<long> part = columns.AsSpan(0, Math.Min(Chunk, firings - done));
                indices.Read(part);
                foreach (long column in part)
                    features[done++] = column >= 0 && column < FeatureCount ? (int)column : throw Error($"column {column} in row {document * rowsPerDocument:N0} or after, of {FeatureCount:N0}");
            }
            if (data is null) activations.AsSpan(0, firings).Fill(1);
            else data.Read(activations.AsSpan(0, firings));
            begin += firings;
            Sort(document * rowsPerDocument, rowStarts.AsSpan(0, count + 1), features, activations);
            yield return new(document, rowStarts.AsMemory(0, count + 1), features.AsMemory(0, firings), activations.AsMemory(0, firings), default);
        }
        if (begin != indices.Count) throw Error($"indptr ends at {begin:N0}, there are {indices.Count:N0} indices");
    }

    public override void Dispose()
    {
        starts.Dispose();
        indices.Dispose();
        data?.Dispose();
    }

    // Columns of a row may be in any order, but each only once.
    private void Sort(long firstRow, ReadOnlySpan<int> rowStarts, int[] features, float[] activations)
    {
        for (int row = 0; row + 1 < rowStarts.Length; row++)
        {
            Span<int> some = features.AsSpan(rowStarts[row], rowStarts[row + 1] - rowStarts[row]);
            bool sorted = true;
            for (int i = 1; i < some.Length; i++) sorted &= some[i] > some[i - 1];
            if (!sorted) some.Sort(activations.AsSpan(rowStarts[row], some.Length));
            for (int i = 1; i < some.Length; i++)
            {
                if (some[i] == some[i - 1]) throw Error($"row {firstRow + row:N0} has column {some[i]} twice");
            }
            foreach (float activation in activations.AsSpan(rowStarts[row], some.Length))
            {
                if (!float.IsFinite(activation)) throw Error($"row {firstRow + row:N0} has the value {activation}");
            }
        }
    }

    // scipy says in 'format' how the matrix is compressed; by columns the same arrays mean something else.
    private void RequireRows()
    {
        using FileBytes bytes = new(path);
        ZipMember? member = ZipDirectory.Read(bytes).Find(member => member.Name == "format.npy");
        if (member is null) return;
        using ZipMatrixBytes content = new(bytes, member);
        byte[] all = new byte[(int)Math.Min(member.Length, 4096)];
        content.ReadMember(0, all);
        string text = string.Concat(all.Skip(Math.Max(0, all.Length - 16)).Where(c => c is >= (byte)'a' and <= (byte)'z').Select(c => (char)c));
        if (!text.EndsWith("csr", StringComparison.Ordinal)) throw Error("the sparse matrix is not in compressed rows (scipy: matrix.tocsr() before saving)");
    }

    // Each array has the file open for itself, so that deflated ones can be read side by side.
    private ElementStream? Stream(string name, List<ElementStream> opened)
    {
        FileBytes bytes = new(path);
        try
        {
            ZipMember? member = ZipDirectory.Read(bytes).Find(member => member.Name == name + ".npy");
            if (member is null)
            {
                bytes.Dispose();
                return null;
            }
            ZipMatrixBytes matrix = new(bytes, member);
            NpyHeader header = NpzFile.Header(bytes, member, matrix, new());
            if (header.Shape.Length > 1) throw Error($"'{name}' has {header.Shape.Length} axes");
            long count = header.Shape.Length == 0 ? 1 : header.Shape[0];
            if (count < 0 || (UInt128)header.DataStart + ((UInt128)count * (UInt128)Elements.ElementDecoder.Width(header.Element)) > (UInt128)member.Length)
                throw Error($"'{name}' of {count:N0} elements does not fit its {member.Length:N0} bytes");
            matrix.MatrixStart = header.DataStart;
            ElementStream stream = new(matrix, header.Element, header.BigEndian, count);
            opened.Add(stream);
            return stream;
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private VectorFileException Error(string reason) => new(path, 0, reason);
}
