namespace VecStore.Formats;

/// <summary>What to do with a key whose bytes are not valid UTF-8 (word2vec cuts words in the middle of a character).</summary>
public enum InvalidTextPolicy
{
    /// <summary>Each invalid byte becomes the four characters \xHH: different words stay different.</summary>
    Escape,

    /// <summary>Invalid bytes become U+FFFD: different words may become the same key.</summary>
    Replace,

    /// <summary>Refuse the file.</summary>
    Refuse,
}

/// <summary>How to read a file of vectors. Everything may be left unsaid where the file itself says it.</summary>
public sealed record SourceOptions
{
    /// <summary>The format, where the file's content cannot tell it.</summary>
    public VectorFileFormat? Format { get; init; }

    /// <summary>Which array of an .npz, which tensor of a safetensors file.</summary>
    public string? Tensor { get; init; }

    /// <summary>Elements per vector: needed for raw float32 and flat arrays; elsewhere checked against the file.</summary>
    public int? Dimension { get; init; }

    /// <summary>The element type where the file does not name it: BFloat16 for .npy files of two-byte voids (|V2).</summary>
    public StoredElement? Element { get; init; }

    /// <summary>A stored matrix [a, b] is read as b vectors of a elements, instead of a vectors of b.</summary>
    public bool ColumnsAreVectors { get; init; }

    /// <summary>How many of the last axes make one vector: 2 for attention heads (heads, elements of a head).</summary>
    public int VectorAxes { get; init; } = 1;

    /// <summary>How many rows of a matrix make a document: gives the fields document and position. A shape (documents, positions, d) says it by itself.</summary>
    public int? TokensPerDocument { get; init; }

    /// <summary>An .npy file of token ids, documents by positions: gives the field token.</summary>
    public string? TokensPath { get; init; }

    /// <summary>How many tokens at the beginning of each document of <see cref="TokensPath"/> have no activations.</summary>
    public int TokensSkipped { get; init; }

    /// <summary>A text file of keys, one a line, as many as there are rows.</summary>
    public string? KeysPath { get; init; }

    /// <summary>The column or field that holds the key (CSV, TSV, JSON Lines).</summary>
    public string? KeyField { get; init; }

    /// <summary>The column or field that holds the vector (CSV, TSV, JSON Lines).</summary>
    public string? VectorField { get; init; }

    /// <summary>Types of metadata fields, instead of those inferred from the first rows (CSV, TSV, JSON Lines).</summary>
    public IReadOnlyDictionary<string, SourceFieldType> FieldTypes { get; init; } = new Dictionary<string, SourceFieldType>();

    /// <summary>The metadata fields to deliver; null for all (CSV, TSV, JSON Lines).</summary>
    public IReadOnlyCollection<string>? Fields { get; init; }

    /// <summary>Accept a file that holds fewer whole rows than its header says (a crop that kept the header), with a note.</summary>
    public bool AllowCropped { get; init; }

    /// <summary>What to do with keys that are not valid UTF-8.</summary>
    public InvalidTextPolicy InvalidText { get; init; }
}
