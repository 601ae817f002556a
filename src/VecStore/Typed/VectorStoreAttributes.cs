namespace VecStore;

/// <summary>Marks the property that is a record's key: <see cref="long"/>, <see cref="int"/>, <see cref="string"/> or <see cref="Guid"/>. Exactly one property has it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VectorStoreKeyAttribute : Attribute;

/// <summary>
/// Marks a property that is stored as a metadata field: <see cref="string"/>, <see cref="bool"/>, <see cref="long"/>, <see cref="int"/>, <see cref="short"/>, <see cref="byte"/>,
/// <see cref="double"/>, <see cref="float"/>, <see cref="DateTimeOffset"/> and <see cref="DateTime"/> (as ticks in UTC; a
/// <see cref="DateTime"/> of no stated kind is taken as UTC), <see cref="DateOnly"/> (as its day number), enums (as their number),
/// <see cref="Guid"/> (as text), each also nullable; arrays and lists of strings. Null is stored as an absent field.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VectorStoreDataAttribute : Attribute
{
    /// <summary>The name of the field in the store; the property's name unless it is said.</summary>
    public string? StorageName { get; set; }
}

/// <summary>
/// Marks the property that is a record's vector: <see cref="ReadOnlyMemory{T}"/> of <see cref="float"/> or an array of it; or a <see cref="string"/>, the text from
/// which the vector is computed by whoever has an embedding generator. Exactly one property has it.
/// </summary>
/// <param name="dimensions">Elements of the vector, 1 to 65,536.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VectorStoreVectorAttribute(int dimensions) : Attribute
{
    /// <summary>Elements of the vector.</summary>
    public int Dimensions { get; } = dimensions;

    /// <summary>One of <see cref="VecStore.DistanceFunction"/>; cosine similarity unless it is said.</summary>
    public string? DistanceFunction { get; set; }

    /// <summary>How elements are stored. Float32 unless it is said.</summary>
    public ElementType ElementType { get; set; } = ElementType.Float32;
}

/// <summary>How two vectors of typed records are compared, in the words of Microsoft.Extensions.VectorData.</summary>
public static class DistanceFunction
{
    /// <summary>The cosine: <see cref="Metric.Cosine"/>. Higher is nearer.</summary>
    public const string CosineSimilarity = "CosineSimilarity";

    /// <summary>The inner product: <see cref="Metric.Dot"/>. Higher is nearer.</summary>
    public const string DotProductSimilarity = "DotProductSimilarity";

    /// <summary>The Euclidean distance, <see cref="Metric.Euclidean"/>. VecStore's score is the distance negated, so that here too higher is nearer.</summary>
    public const string EuclideanDistance = "EuclideanDistance";
}
