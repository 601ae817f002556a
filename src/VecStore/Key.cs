using System.Globalization;

namespace VecStore;

/// <summary>A row's key: a 64-bit integer or a string, whichever its collection uses. Both convert to it by themselves.</summary>
public readonly struct Key : IEquatable<Key>
{
    private readonly long _number;
    private readonly string? _text;

    /// <summary>An integer key.</summary>
    public Key(long value) => _number = value;

    /// <summary>A string key; it may be empty, but not null.</summary>
    public Key(string value) => _text = value ?? throw new ArgumentNullException(nameof(value), "A key cannot be null.");

    /// <summary>Which kind of key this is.</summary>
    public KeyKind Kind => _text is null ? KeyKind.Int64 : KeyKind.String;

    /// <summary>The integer. <see cref="InvalidOperationException"/> when this is a string key.</summary>
    public long Int64 => _text is null ? _number : throw new InvalidOperationException($"The key \"{_text}\" is a string, not an integer.");

    /// <summary>The string. <see cref="InvalidOperationException"/> when this is an integer key.</summary>
    public string Text => _text ?? throw new InvalidOperationException($"The key {ToString()} is an integer, not a string.");

    /// <summary>An integer as a key.</summary>
    public static implicit operator Key(long value) => new(value);

    /// <summary>A string as a key.</summary>
    public static implicit operator Key(string value) => new(value);

    /// <summary>The key as text: what was given, without quotes.</summary>
    public override string ToString() => _text ?? _number.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public bool Equals(Key other) => _number == other._number && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Key other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _text is null ? _number.GetHashCode() : string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>Same kind and same value.</summary>
    public static bool operator ==(Key left, Key right) => left.Equals(right);

    /// <summary>Another kind or another value.</summary>
    public static bool operator !=(Key left, Key right) => !left.Equals(right);
}
