namespace VecStore.Typed;

/// <summary>Keys of typed records as keys of the store.</summary>
internal static class RecordKey
{
    public static KeyKind KindOf(Type type)
    {
        if (type == typeof(long) || type == typeof(int)) return KeyKind.Int64;
        if (type == typeof(string) || type == typeof(Guid)) return KeyKind.String;
        throw new ArgumentException($"A key cannot be of type {type.Name}; allowed are long, int, string and Guid.");
    }

    public static Key ToStore(object key) => key switch
    {
        long number => number,
        int number => number,
        string text => text,
        Guid id => id.ToString("D"),
        _ => throw new ArgumentException($"A key cannot be of type {key.GetType().Name}; allowed are long, int, string and Guid.", nameof(key)),
    };

    public static object FromStore(Key key, Type type)
    {
        if (type == typeof(long)) return key.Int64;
        if (type == typeof(int)) return key.Int64 is >= int.MinValue and <= int.MaxValue ? (int)key.Int64 : throw new InvalidOperationException($"The key {key.Int64} is no int; use long.");
        if (type == typeof(string)) return key.Text;
        return Guid.TryParseExact(key.Text, "D", out Guid id) ? id : throw new InvalidOperationException($"The key \"{key.Text}\" is no Guid.");
    }
}
