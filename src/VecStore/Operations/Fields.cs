namespace VecStore;

/// <summary>Metadata fields by name: where they are and what they take.</summary>
internal static class Fields
{
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
    }
}
