using System.Text.Json;

namespace VecStore.Cli.Tests;

/// <summary>JSON documents held against the command's README: every property is named in the section of its command.</summary>
internal static class DocumentedJson
{
    private static readonly Lazy<string> Readme = new(() => Checkout.Read("tools/VecStore.Cli/README.md") + "\n### ");

    /// <summary>Runs a command that must succeed and gives its document.</summary>
    public static JsonElement Of(params string[] command)
    {
        string two = command.Length > 1 ? $"{command[0]} {command[1]}" : command[0];
        string name = Readme.Value.Contains($"### {two}\n", StringComparison.Ordinal) ? two : command[0];
        int start = Readme.Value.IndexOf($"### {name}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"README.md has no section on {name}");
        string section = Readme.Value[start..Readme.Value.IndexOf("\n### ", start + 1, StringComparison.Ordinal)];
        JsonElement document = Cli.OkJson(command);
        foreach (string property in Properties(document).Distinct())
            Assert.True(section.Contains($"`{property}`", StringComparison.Ordinal), $"README.md does not name {property} of {name}");
        return document;
    }

    private static IEnumerable<string> Properties(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Properties(property.Value).Prepend(property.Name)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Properties),
        _ => [],
    };
}
