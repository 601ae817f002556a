using System.Globalization;

namespace VecStore;

/// <summary>What a <see cref="FieldValue"/> holds.</summary>
public enum FieldValueKind : byte
{
    /// <summary>Nothing: the row lacks the field.</summary>
    Absent = 0,

    /// <summary>A 64-bit signed integer.</summary>
    Int64 = FieldType.Int64,

    /// <summary>A 64-bit floating point number.</summary>
    Double = FieldType.Double,

    /// <summary>True or false.</summary>
    Bool = FieldType.Bool,

    /// <summary>A string.</summary>
    String = FieldType.String,

    /// <summary>A list of strings.</summary>
    StringList = FieldType.StringList,
}

/// <summary>The value of a metadata field: an integer, a number, a bool, a string, a list of strings, or nothing. Values convert to it by themselves.</summary>
public readonly struct FieldValue : IEquatable<FieldValue>
{
    private readonly long bits;
    private readonly object? reference;

    private FieldValue(FieldValueKind kind, long bits, object? reference)
    {
        Kind = kind;
        this.bits = bits;
        this.reference = reference;
    }

    /// <summary>What it holds.</summary>
    public FieldValueKind Kind { get; }

    /// <summary>True when the row lacks the field.</summary>
    public bool IsAbsent => Kind == FieldValueKind.Absent;

    /// <summary>An integer.</summary>
    public static implicit operator FieldValue(long value) => new(FieldValueKind.Int64, value, null);

    /// <summary>A number.</summary>
    public static implicit operator FieldValue(double value) => new(FieldValueKind.Double, BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>True or false.</summary>
    public static implicit operator FieldValue(bool value) => new(FieldValueKind.Bool, value ? 1 : 0, null);

    /// <summary>A string; null is absent.</summary>
    public static implicit operator FieldValue(string? value) => value is null ? default : new(FieldValueKind.String, 0, value);

    /// <summary>A list of strings; null is absent.</summary>
    public static implicit operator FieldValue(string[]? value) => value is null ? default : new(FieldValueKind.StringList, 0, value);

    /// <summary>The integer. <see cref="InvalidOperationException"/> for another kind.</summary>
    public long AsInt64() => Kind == FieldValueKind.Int64 ? bits : throw Wrong(FieldValueKind.Int64);

    /// <summary>The number; an integer converts. <see cref="InvalidOperationException"/> for another kind.</summary>
    public double AsDouble() => Kind switch
    {
        FieldValueKind.Double => BitConverter.Int64BitsToDouble(bits),
        FieldValueKind.Int64 => bits,
        _ => throw Wrong(FieldValueKind.Double),
    };

    /// <summary>The bool. <see cref="InvalidOperationException"/> for another kind.</summary>
    public bool AsBool() => Kind == FieldValueKind.Bool ? bits != 0 : throw Wrong(FieldValueKind.Bool);

    /// <summary>The string. <see cref="InvalidOperationException"/> for another kind.</summary>
    public string AsString() => Kind == FieldValueKind.String ? (string)reference! : throw Wrong(FieldValueKind.String);

    /// <summary>The list of strings. <see cref="InvalidOperationException"/> for another kind.</summary>
    public IReadOnlyList<string> AsStringList() => Kind == FieldValueKind.StringList ? (string[])reference! : throw Wrong(FieldValueKind.StringList);

    /// <summary>The value as text: lists joined by ", ", nothing for absent.</summary>
    public override string ToString() => Kind switch
    {
        FieldValueKind.Int64 => bits.ToString(CultureInfo.InvariantCulture),
        FieldValueKind.Double => AsDouble().ToString("R", CultureInfo.InvariantCulture),
        FieldValueKind.Bool => bits != 0 ? "true" : "false",
        FieldValueKind.String => (string)reference!,
        FieldValueKind.StringList => string.Join(", ", (string[])reference!),
        _ => "",
    };

    /// <inheritdoc/>
    public bool Equals(FieldValue other) => Kind == other.Kind && bits == other.bits && Kind switch
    {
        FieldValueKind.String => string.Equals((string)reference!, (string)other.reference!, StringComparison.Ordinal),
        FieldValueKind.StringList => ((string[])reference!).AsSpan().SequenceEqual((string[])other.reference!),
        _ => true,
    };

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FieldValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, bits, reference is string text ? text.GetHashCode(StringComparison.Ordinal) : reference is string[] list ? list.Length : 0);

    /// <summary>Same kind and same value.</summary>
    public static bool operator ==(FieldValue left, FieldValue right) => left.Equals(right);

    /// <summary>Another kind or another value.</summary>
    public static bool operator !=(FieldValue left, FieldValue right) => !left.Equals(right);

    private InvalidOperationException Wrong(FieldValueKind wanted) => new($"the value is {Kind}, not {wanted}");
}
