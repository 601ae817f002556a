using System.Collections;

namespace VecStore;

/// <summary>The metadata of a row by field name: <c>new() { ["title"] = "notes", ["year"] = 2024 }</c>.</summary>
public sealed class FieldValues : IEnumerable<KeyValuePair<string, FieldValue>>
{
    private readonly List<KeyValuePair<string, FieldValue>> values = [];

    /// <summary>Number of fields that were set.</summary>
    public int Count => values.Count;

    /// <summary>The value of a field; absent when it was not set.</summary>
    public FieldValue this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, FieldValue> pair in values)
            {
                if (string.Equals(pair.Key, name, StringComparison.Ordinal)) return pair.Value;
            }

            return default;
        }

        set
        {
            ArgumentNullException.ThrowIfNull(name);
            values.RemoveAll(pair => string.Equals(pair.Key, name, StringComparison.Ordinal));
            values.Add(new(name, value));
        }
    }

    /// <summary>Forgets all fields, so that the object can serve another row.</summary>
    public void Clear() => values.Clear();

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, FieldValue>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
