namespace VecStore.Formats;

/// <summary>The type of a vector's elements as the file stores them. Sources deliver float32 whatever this is.</summary>
public enum StoredElement
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary64; rounded to float32 on delivery.</summary>
    Float64,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>bfloat16.</summary>
    BFloat16,

    /// <summary>Signed byte.</summary>
    Int8,

    /// <summary>Unsigned byte.</summary>
    UInt8,

    /// <summary>16-bit signed integer.</summary>
    Int16,

    /// <summary>16-bit unsigned integer.</summary>
    UInt16,

    /// <summary>32-bit signed integer; rounded to float32 beyond 2^24.</summary>
    Int32,

    /// <summary>32-bit unsigned integer; rounded to float32 beyond 2^24.</summary>
    UInt32,

    /// <summary>64-bit signed integer; rounded to float32 beyond 2^24.</summary>
    Int64,

    /// <summary>64-bit unsigned integer; rounded to float32 beyond 2^24.</summary>
    UInt64,

    /// <summary>A byte, 0 or not; delivered as 0 or 1.</summary>
    Bool,

    /// <summary>Decimal text; rounded to the nearest float32.</summary>
    Text,
}
