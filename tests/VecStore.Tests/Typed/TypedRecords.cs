namespace VecStore.Tests.Typed;

/// <summary>A class with every type of field that is allowed.</summary>
internal sealed class Note
{
    [VectorStoreKey]
    public long Id { get; set; }

    [VectorStoreData(StorageName = "title")]
    public string? Title { get; set; }

    [VectorStoreData]
    public int Year { get; init; }

    [VectorStoreData]
    public long? Size { get; set; }

    [VectorStoreData]
    public double Weight { get; set; }

    [VectorStoreData]
    public float? Price { get; set; }

    [VectorStoreData]
    public bool Draft { get; set; }

    [VectorStoreData]
    public short? Rank { get; set; }

    [VectorStoreData]
    public byte Level { get; set; }

    [VectorStoreData]
    public DateTimeOffset Written { get; set; }

    [VectorStoreData]
    public DateTime Read { get; set; }

    [VectorStoreData]
    public DateOnly? Due { get; set; }

    [VectorStoreData]
    public Mood Mood { get; set; }

    [VectorStoreData]
    public Haste? Haste { get; set; }

    [VectorStoreData]
    public Guid? Author { get; set; }

    [VectorStoreData]
    public List<string>? Tags { get; set; }

    [VectorStoreData]
    public string[]? Labels { get; set; }

    public string Unmarked => "not stored";

    [VectorStoreVector(4, DistanceFunction = DistanceFunction.EuclideanDistance)]
    public ReadOnlyMemory<float> Embedding { get; set; }
}

internal enum Mood
{
    Calm,
    Glad,
    Cross = -4,
}

internal enum Haste : byte
{
    None,
    Some,
    Much,
}

/// <summary>A positional record with a Guid as its key, and half precision.</summary>
internal sealed record Photo(
    [property: VectorStoreKey] Guid Id,
    [property: VectorStoreData] string Place,
    [property: VectorStoreData] int? Year,
    [property: VectorStoreVector(3, DistanceFunction = DistanceFunction.DotProductSimilarity, ElementType = ElementType.Float16)] float[]? Vector);

/// <summary>A later version of <see cref="Photo"/>, with one more field.</summary>
internal sealed record PhotoWithStars(
    [property: VectorStoreKey] Guid Id,
    [property: VectorStoreData] string Place,
    [property: VectorStoreData] int? Year,
    [property: VectorStoreData] int Stars,
    [property: VectorStoreVector(3, DistanceFunction = DistanceFunction.DotProductSimilarity, ElementType = ElementType.Float16)] float[]? Vector);

internal sealed class Keyless
{
    [VectorStoreVector(3)]
    public float[]? Vector { get; set; }
}

internal sealed class OfDecimals
{
    [VectorStoreKey]
    public string Id { get; set; } = "";

    [VectorStoreData]
    public decimal Price { get; set; }

    [VectorStoreVector(3)]
    public float[]? Vector { get; set; }
}

internal sealed class OfManhattan
{
    [VectorStoreKey]
    public string Id { get; set; } = "";

    [VectorStoreVector(3, DistanceFunction = "ManhattanDistance")]
    public float[]? Vector { get; set; }
}
