using System.Globalization;

namespace VecStore.Cli;

/// <summary>Keys as they are typed and as files have them: text that must fit the collection's kind of key.</summary>
internal static class Keys
{
    public static Key Parse(KeyKind kind, string text)
    {
        if (kind == KeyKind.String) return text;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)) return number;
        throw new MistakeException($"The key \"{text}\" is no whole number; the collection has int64 keys.");
    }

    public static Key OfRow(KeyKind kind, long row) => kind == KeyKind.Int64 ? row : row.ToString(CultureInfo.InvariantCulture);

    /// <summary>There is no row of a key in a list or a file that may also be left out.</summary>
    public static MistakeException UnknownListed(string key, string collection) =>
        new($"There is no row with the key \"{key}\" in the collection {collection}, in lower case neither; --skip-unknown leaves such keys out.");

    /// <summary>There is no row of that key.</summary>
    public static MistakeException Unknown(string key, string collection) => new($"There is no row with the key \"{key}\" in the collection {collection}.");
}
