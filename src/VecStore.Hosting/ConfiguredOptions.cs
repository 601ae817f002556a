using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace VecStore.Hosting;

/// <summary>Says what is wrong with a section of the configuration before it is bound: names that are no option, and values that none can have.</summary>
internal static class ConfiguredOptions
{
    private static readonly Dictionary<string, Func<string, string?>> Allowed = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(VecStoreHostOptions.Path)] = _ => null,
        [nameof(VecStoreHostOptions.CreateIfMissing)] = Truth,
        [nameof(VecStoreHostOptions.ReadOnly)] = Truth,
        [nameof(VecStoreHostOptions.OpenAtStart)] = Truth,
        [nameof(VecStoreHostOptions.Durability)] = OneOf<Durability>,
        [nameof(VecStoreHostOptions.Maintenance)] = OneOf<Maintenance>,
        [nameof(VecStoreHostOptions.SealRows)] = Number,
        [nameof(VecStoreHostOptions.GraphMinRows)] = Number,
    };

    /// <exception cref="OptionsValidationException">A mistake in the section; sections within it are somebody else's.</exception>
    public static void Check(string name, IConfigurationSection section)
    {
        var mistakes = new List<string>();
        foreach (IConfigurationSection option in section.GetChildren())
        {
            if (option.Value is not { } value) continue;
            if (!Allowed.TryGetValue(option.Key, out Func<string, string?>? check)) mistakes.Add($"{option.Path} is no option; there are {string.Join(", ", Allowed.Keys)}.");
            else if (check(value) is { } allowed) mistakes.Add($"{option.Path} is \"{value}\"; {allowed}.");
        }

        if (mistakes.Count > 0) throw new OptionsValidationException(name, typeof(VecStoreHostOptions), mistakes);
    }

    private static string? Truth(string value) => value.Length == 0 || bool.TryParse(value, out _) ? null : "true and false are allowed";

    private static string? Number(string value) => int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _) ? null : "a whole number is needed";

    private static string? OneOf<T>(string value)
        where T : struct, Enum => Enum.TryParse(value, ignoreCase: true, out T _) ? null : $"{string.Join(" and ", Enum.GetNames<T>())} are allowed";
}
