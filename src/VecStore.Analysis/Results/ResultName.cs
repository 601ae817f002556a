using System.Buffers;

namespace VecStore.Analysis;

/// <summary>Names in snake case: small letters, digits and underscores, a letter first.</summary>
internal static class ResultName
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    public static string Checked(string name)
        => name.Length > 0 && char.IsAsciiLetterLower(name[0]) && !name.AsSpan().ContainsAnyExcept(Allowed) ? name
            : throw new ArgumentException($"'{name}' is not in snake case", nameof(name));
}
