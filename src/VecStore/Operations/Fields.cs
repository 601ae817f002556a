using System.Text;
using VecStore.Storage;

namespace VecStore;

/// <summary>Metadata fields by name: where they are and what they take.</summary>
internal static class Fields
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static int Column(CollectionSchema schema, string name)
    {
        for (int i = 0; i < schema.Fields.Count; i++)
        {
            if (string.Equals(schema.Fields[i].Name, name, StringComparison.Ordinal)) return i;
        }

        string known = schema.Fields.Count == 0 ? "the collection has no fields" : "the collection has " + string.Join(", ", schema.Fields.Select(f => $"{f.Name} ({f.Type})"));
        throw new ArgumentException($"There is no field \"{name}\": {known}.", nameof(name));
    }

    /// <summary>Refuses a value of the wrong type; an integer may go into a field of doubles.</summary>
    public static void Require(CollectionSchema schema, string name, FieldValue value)
    {
        FieldType type = schema.Fields[Column(schema, name)].Type;
        bool fits = value.IsAbsent || (byte)value.Kind == (byte)type || (type == FieldType.Double && value.Kind == FieldValueKind.Int64);
        if (!fits) throw new ArgumentException($"Field \"{name}\" is of type {type}; the value {value} is of kind {value.Kind}.", nameof(value));
        if (value.Kind == FieldValueKind.String) RequireText(name, value.AsString());
        if (value.Kind != FieldValueKind.StringList) return;
        foreach (string? text in value.AsStringList()) RequireText(name, text);
    }

    /// <summary>Refuses a key that the segments would not take: it must not reach the log, from where it could never be applied.</summary>
    public static void RequireKey(CollectionSchema schema, Key key)
    {
        if (key.Kind != schema.KeyKind) throw new ArgumentException($"The key {key} is of kind {key.Kind}, the collection's keys are of kind {schema.KeyKind}.", nameof(key));
        if (key.Kind != KeyKind.String) return;
        int bytes;
        try
        {
            bytes = StrictUtf8.GetByteCount(key.Text);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException("The key is not a text: it has half of a surrogate pair.", nameof(key));
        }

        if (bytes > RowLayout.MaxKeyBytes) throw new ArgumentException($"The key has {bytes} bytes; at most {RowLayout.MaxKeyBytes} are allowed.", nameof(key));
    }

    private static void RequireText(string name, string? text)
    {
        if (text is null) throw new ArgumentException($"The list for field \"{name}\" holds null.", nameof(text));
        if (text.Length > RowLayout.MaxStringChars)
            throw new ArgumentException($"Field \"{name}\" is given {text.Length} characters; at most {RowLayout.MaxStringChars} are allowed.", nameof(text));
    }
}
