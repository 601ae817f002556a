namespace VecStore.Formats;

/// <summary>The type of a metadata field.</summary>
public enum SourceFieldType
{
    /// <summary>64-bit signed integer.</summary>
    Int64,

    /// <summary>64-bit floating point.</summary>
    Double,

    /// <summary>True or false.</summary>
    Bool,

    /// <summary>A string.</summary>
    String,

    /// <summary>A list of strings.</summary>
    StringList,
}

/// <summary>A metadata field that a source delivers beside the vectors.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Type">Its type, stated or inferred.</param>
public sealed record SourceField(string Name, SourceFieldType Type);
