namespace VecStore;

/// <summary>How two vectors are compared. Every metric is reported as a score for which higher is nearer.</summary>
public enum Metric : byte
{
    /// <summary>Cosine similarity, in [-1, 1]. The cosine with a zero vector is 0.</summary>
    Cosine = 1,

    /// <summary>Inner product.</summary>
    Dot = 2,

    /// <summary>Euclidean distance; the score is the distance negated, so that higher is nearer.</summary>
    Euclidean = 3,
}

/// <summary>The type in which a collection stores the elements of its vectors.</summary>
public enum ElementType : byte
{
    /// <summary>IEEE 754 binary32: what is stored is what was given.</summary>
    Float32 = 1,

    /// <summary>IEEE 754 binary16, rounded to nearest even on the way in.</summary>
    Float16 = 2,

    /// <summary>bfloat16, rounded to nearest even on the way in.</summary>
    BFloat16 = 3,

    /// <summary>Signed bytes with one float32 scale per row: x is about scale * q, scale = max|x| / 127.</summary>
    Int8 = 4,
}

/// <summary>The kind of key a collection uses.</summary>
public enum KeyKind : byte
{
    /// <summary>64-bit signed integers.</summary>
    Int64 = 1,

    /// <summary>Strings, stored as UTF-8, compared byte by byte.</summary>
    String = 2,
}

/// <summary>The type of a metadata field.</summary>
public enum FieldType : byte
{
    /// <summary>64-bit signed integer.</summary>
    Int64 = 1,

    /// <summary>64-bit floating point.</summary>
    Double = 2,

    /// <summary>True or false.</summary>
    Bool = 3,

    /// <summary>A string, stored as UTF-8.</summary>
    String = 4,

    /// <summary>A list of strings (tags).</summary>
    StringList = 5,
}

/// <summary>A named, typed metadata field. Every field may be absent from a row.</summary>
/// <param name="Name">The field's name: 1 to 128 characters, unique in its collection.</param>
/// <param name="Type">The field's type.</param>
public sealed record FieldSchema(string Name, FieldType Type);

/// <summary>What a collection holds. Fixed when the collection is created, except that fields may be added.</summary>
/// <param name="Dimension">Number of elements of each vector, 1 to 65,536.</param>
public sealed record CollectionSchema(int Dimension)
{
    /// <summary>How vectors are compared. Cosine unless said otherwise.</summary>
    public Metric Metric { get; init; } = Metric.Cosine;

    /// <summary>How elements are stored. Float32 unless said otherwise.</summary>
    public ElementType ElementType { get; init; } = ElementType.Float32;

    /// <summary>The kind of key. Int64 unless said otherwise.</summary>
    public KeyKind KeyKind { get; init; } = KeyKind.Int64;

    /// <summary>The metadata fields, in column order.</summary>
    public IReadOnlyList<FieldSchema> Fields { get; init; } = [];
}
