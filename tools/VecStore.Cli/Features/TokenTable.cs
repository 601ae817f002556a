using System.Text.Json;

namespace VecStore.Cli.Features;

/// <summary>The strings of tokens by their ids: a JSON list of strings, or a text file with one a line.</summary>
internal sealed class TokenTable
{
    private readonly string[] strings;

    private TokenTable(string[] strings) => this.strings = strings;

    public static TokenTable? Read(string? path)
    {
        if (path is null) return null;
        if (!File.Exists(path)) throw new MistakeException($"There is no file {path}.");
        if (!path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)) return new(File.ReadAllLines(path));
        try
        {
            return new(JsonSerializer.Deserialize<string[]>(File.ReadAllText(path)) ?? throw new MistakeException($"{path} holds no list of strings."));
        }
        catch (JsonException damage)
        {
            throw new MistakeException($"{path} holds no list of strings: {damage.Message}");
        }
    }

    /// <summary>The string of an id; its number in brackets where the table has none.</summary>
    public string this[int id] => (uint)id < (uint)strings.Length ? strings[id] : $"<{id}>";
}
