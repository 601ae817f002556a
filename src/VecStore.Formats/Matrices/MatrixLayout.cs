using VecStore.Formats.Elements;

namespace VecStore.Formats.Matrices;

/// <summary>How a stored matrix is to be understood as vectors.</summary>
/// <param name="Rows">Number of vectors.</param>
/// <param name="Dimension">Elements per vector.</param>
/// <param name="Element">The stored type.</param>
/// <param name="BigEndian">Whether the bytes of an element are reversed.</param>
/// <param name="ByElement">The first elements of all vectors lie first, then all the second ones (Fortran order).</param>
internal sealed record MatrixLayout(long Rows, int Dimension, StoredElement Element, bool BigEndian, bool ByElement)
{
    public int Width { get; } = ElementDecoder.Width(Element);

    /// <summary>From a stored shape; a matrix of more than two axes is cut into vectors along its last one.</summary>
    public static MatrixLayout From(
        string file, long offset, ReadOnlySpan<long> shape, StoredElement element, bool bigEndian, bool fortran, SourceOptions options)
    {
        string text = $"({string.Join(", ", shape.ToArray())})";
        if (shape.Length == 0) throw new VectorFileException(file, offset, "a single number, not vectors (shape ())");
        UInt128 count = 1;
        foreach (long axis in shape)
        {
            if (axis < 0) throw new VectorFileException(file, offset, $"shape {text} has a negative axis");
            count *= (UInt128)axis;
            if (count > long.MaxValue / 8) throw new VectorFileException(file, offset, $"shape {text} has more elements than any file");
        }
        if (options.VectorAxes > 1) shape = Joined(file, offset, shape, text, fortran, options.VectorAxes);
        UInt128 dimension;
        bool byElement = fortran;
        if (shape.Length == 1)
        {
            if (options.Dimension is not { } stated || stated < 1 || shape[0] % stated != 0)
                throw new VectorFileException(file, offset, $"shape {text} is one row of numbers; state a dimension that divides it to cut it into vectors");
            dimension = (UInt128)stated;
            byElement = false;
        }
        else if (shape.Length == 2)
        {
            dimension = (UInt128)shape[options.ColumnsAreVectors ? 0 : 1];
            byElement = fortran != options.ColumnsAreVectors;
        }
        else
        {
            if (fortran || options.ColumnsAreVectors)
                throw new VectorFileException(file, offset, $"shape {text} has {shape.Length} axes; columns or Fortran order can be read from two only");
            dimension = (UInt128)shape[^1];
        }
        if (dimension < 1 || dimension > VectorSource.MaxDimension)
            throw new VectorFileException(file, offset,
                $"shape {text} gives vectors of {dimension} elements; 1 to {VectorSource.MaxDimension:N0} can be read");
        UInt128 rows = shape.Length == 2 ? (UInt128)shape[options.ColumnsAreVectors ? 1 : 0] : count / dimension;
        long? perDocument = shape.Length == 3 ? shape[1] : options.TokensPerDocument;
        if (options.TokensPerDocument is { } perDocumentStated && perDocumentStated != perDocument)
            throw new VectorFileException(file, offset, $"{perDocumentStated:N0} tokens a document were stated, shape {text} has {perDocument:N0}");
        return new((long)rows, (int)dimension, element, bigEndian, byElement) { RowsPerDocument = perDocument is > 0 ? perDocument : null };
    }

    /// <summary>How many rows make a document, where the shape (documents, positions, d) or the options say so.</summary>
    public long? RowsPerDocument { get; init; }

    // Heads by elements of a head become one axis.
    private static long[] Joined(string file, long offset, ReadOnlySpan<long> shape, string text, bool fortran, int axes)
    {
        if (axes >= shape.Length || fortran)
            throw new VectorFileException(file, offset, $"the last {axes} axes were to make one vector; shape {text}{(fortran ? " in Fortran order" : "")} does not allow it");
        long joined = 1;
        foreach (long axis in shape[^axes..]) joined *= axis;
        return [.. shape[..^axes], joined];
    }

    /// <summary>Bytes of the whole matrix; cannot overflow after <see cref="From"/>'s checks.</summary>
    public long Bytes => checked(Rows * Dimension * Width);
}
