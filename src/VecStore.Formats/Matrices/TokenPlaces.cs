using System.Buffers.Binary;

using VecStore.Formats.Elements;

namespace VecStore.Formats.Matrices;

/// <summary>The fields document, position and, where the ids are known, token of rows that are activations of tokens.</summary>
internal sealed class TokenPlaces : IDisposable
{
    private readonly long perDocument;
    private readonly TokenIds? tokens;
    private long[] ids = [];

    private TokenPlaces(long perDocument, TokenIds? tokens) => (this.perDocument, this.tokens) = (perDocument, tokens);

    public IReadOnlyList<SourceField> Fields { get; private init; } = [];

    /// <summary>Null where nothing says how many rows make a document.</summary>
    public static TokenPlaces? Of(MatrixLayout layout, SourceOptions options, Func<TokenIds?> within)
    {
        if (layout.RowsPerDocument is not { } perDocument)
            return options.TokensPath is { } lost ? throw new VectorFileException(lost, 0, "token ids, but nothing says how many rows make a document; state it") : null;
        TokenIds? tokens = options.TokensPath is { } path ? TokenIds.Open(path, layout, options) : within();
        SourceField document = new("document", SourceFieldType.Int64), position = new("position", SourceFieldType.Int64), token = new("token", SourceFieldType.Int64);
        return new(perDocument, tokens) { Fields = tokens is null ? [document, position] : [document, position, token] };
    }

    public string? Note => tokens is null ? null : $"token ids from '{tokens.Name}'";

    public void Read(long firstRow, VectorBlock block, int count)
    {
        for (int row = 0; row < count; row++)
        {
            block.Column(0).Set(row, (firstRow + row) / perDocument);
            block.Column(1).Set(row, (firstRow + row) % perDocument);
        }
        if (tokens is null) return;
        if (ids.Length < count) ids = new long[count];
        tokens.Read(firstRow, perDocument, ids.AsSpan(0, count));
        for (int row = 0; row < count; row++) block.Column(2).Set(row, ids[row]);
    }

    public void Dispose() => tokens?.Dispose();
}

/// <summary>Token ids as a matrix of integers, documents by positions; the first <paramref name="skip"/> of each document have no activations.</summary>
internal sealed class TokenIds(string name, MatrixBytes bytes, StoredElement element, bool bigEndian, long columns, long skip = 0) : IDisposable
{
    private static readonly StoredElement[] Integers =
        [StoredElement.Int8, StoredElement.UInt8, StoredElement.Int16, StoredElement.UInt16, StoredElement.Int32, StoredElement.UInt32, StoredElement.Int64];

    private readonly int width = ElementDecoder.Width(element);
    private byte[] buffer = [];

    public string Name => name;

    public static bool IsName(string name) => name is "tokens" or "token_ids" or "input_ids";

    /// <summary>Whether a tensor beside the activations has one integer for each of their rows.</summary>
    public static bool Fits(ReadOnlySpan<long> shape, StoredElement element, MatrixLayout layout) => Integers.Contains(element)
        && layout.RowsPerDocument is { } perDocument && shape.Length == 2 && shape[1] == perDocument && shape[0] * shape[1] == layout.Rows;

    public static TokenIds Open(string path, MatrixLayout layout, SourceOptions options)
    {
        Bytes.FileBytes file = new(path);
        try
        {
            Numpy.NpyHeader header = Numpy.NpyHeader.Parse(path, 0, file.Head(Numpy.NpyHeader.LongestHeader + 12), new());
            long perDocument = layout.RowsPerDocument!.Value;
            string shape = $"({string.Join(", ", header.Shape)})";
            if (header.Fortran || header.Shape.Length != 2 || !Integers.Contains(header.Element))
                throw file.Error(0, $"token ids are a matrix of integers, documents by positions, in C order; this is {shape} of {header.Element}");
            long documents = (layout.Rows + perDocument - 1) / perDocument;
            if (header.Shape[1] - options.TokensSkipped != perDocument || header.Shape[0] < documents)
                throw file.Error(0, $"token ids {shape}, of each document the first {options.TokensSkipped} left out, for {documents:N0} documents of {perDocument:N0} rows");
            if (header.DataStart + (Int128)header.Shape[0] * header.Shape[1] * ElementDecoder.Width(header.Element) > file.Length)
                throw file.Error(file.Length, $"the file ends before token ids of shape {shape}");
            return new(path, new StoredMatrixBytes(file, header.DataStart), header.Element, header.BigEndian, header.Shape[1], options.TokensSkipped);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The ids of consecutive rows.</summary>
    public void Read(long firstRow, long perDocument, Span<long> ids)
    {
        for (int done = 0; done < ids.Length;)
        {
            (long document, long position) = Math.DivRem(firstRow + done, perDocument);
            int step = (int)Math.Min(ids.Length - done, perDocument - position);
            if (buffer.Length < step * width) buffer = new byte[step * width];
            Span<byte> part = buffer.AsSpan(0, step * width);
            bytes.Read((document * columns + skip + position) * width, part);
            for (int i = 0; i < step; i++)
            {
                Span<byte> id = part.Slice(i * width, width);
                if (bigEndian) id.Reverse();
                ids[done + i] = Value(element, id);
            }
            done += step;
        }
    }

    public void Dispose() => bytes.Dispose();

    /// <summary>One little-endian integer.</summary>
    public static long Value(StoredElement element, ReadOnlySpan<byte> value) => element switch
    {
        StoredElement.Int8 => (sbyte)value[0],
        StoredElement.UInt8 => value[0],
        StoredElement.Int16 => BinaryPrimitives.ReadInt16LittleEndian(value),
        StoredElement.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(value),
        StoredElement.Int32 => BinaryPrimitives.ReadInt32LittleEndian(value),
        StoredElement.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(value),
        _ => BinaryPrimitives.ReadInt64LittleEndian(value),
    };
}
