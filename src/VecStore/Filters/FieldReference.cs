namespace VecStore;

/// <summary>A field on the left of a condition: <c>Field("year") &gt;= 2020</c>, <c>Field("lang").In("en", "fr")</c>.</summary>
#pragma warning disable CS0660, CS0661, CA2225 // == and != build conditions; they do not compare references to fields.
public readonly struct FieldReference
{
    private readonly string _name;

    /// <summary>A reference to the field of that name.</summary>
    public FieldReference(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _name = name;
    }

    /// <summary>The field equals the value. A list field equals nothing; use <see cref="Contains"/>.</summary>
    public static Filter operator ==(FieldReference field, FieldValue value) => field.Compare(Comparison.Equal, value);

    /// <summary>The field is there and differs from the value.</summary>
    public static Filter operator !=(FieldReference field, FieldValue value) => field.Compare(Comparison.NotEqual, value);

    /// <summary>The field is below the value; strings compare by their UTF-8 bytes.</summary>
    public static Filter operator <(FieldReference field, FieldValue value) => field.Compare(Comparison.Less, value);

    /// <summary>The field is at most the value.</summary>
    public static Filter operator <=(FieldReference field, FieldValue value) => field.Compare(Comparison.LessOrEqual, value);

    /// <summary>The field is above the value.</summary>
    public static Filter operator >(FieldReference field, FieldValue value) => field.Compare(Comparison.Greater, value);

    /// <summary>The field is at least the value.</summary>
    public static Filter operator >=(FieldReference field, FieldValue value) => field.Compare(Comparison.GreaterOrEqual, value);

    /// <summary>The field equals one of the values.</summary>
    public Filter In(params ReadOnlySpan<FieldValue> values)
    {
        if (values.IsEmpty) throw new ArgumentException($"The list of values for field \"{_name}\" is empty.", nameof(values));
        foreach (FieldValue value in values) RequireSingle(value);
        return new InFilter(_name, new ValueList(values.ToArray()));
    }

    /// <summary>The list of strings holds this one.</summary>
    public Filter Contains(string value) => new CompareFilter(_name, Comparison.Contains, value);

    /// <summary>The string starts so, byte by byte.</summary>
    public Filter StartsWith(string prefix) => new CompareFilter(_name, Comparison.StartsWith, prefix);

    /// <summary>The row has the field.</summary>
    public Filter Exists() => new ExistsFilter(_name);

    private CompareFilter Compare(Comparison comparison, FieldValue value)
    {
        RequireSingle(value);
        return new CompareFilter(_name, comparison, value);
    }

    private void RequireSingle(FieldValue value)
    {
        if (value.Kind is FieldValueKind.Absent or FieldValueKind.StringList)
            throw new ArgumentException($"Field \"{_name}\" is compared with {value.Kind}: one integer, number, bool or string is allowed.", nameof(value));
    }
}
#pragma warning restore CS0660, CS0661, CA2225
