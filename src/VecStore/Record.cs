namespace VecStore;

/// <summary>A row as it is stored.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Vector">Its vector as float32: exact for float32 collections, otherwise rounded as the element type says.</param>
/// <param name="Fields">Its metadata.</param>
public sealed record Record(Key Key, float[] Vector, FieldValues Fields);
