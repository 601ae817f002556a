using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace VecStore.Cli;

/// <summary>The kinds of options there are; each says what is allowed when it is given something else.</summary>
internal static class Setting
{
    public static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    public static Option<string?> Text(string name, string helpName, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = helpName };

    public static Option<int?> Integer(string name, string helpName, string description, int least, int most = int.MaxValue, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result => (int?)Whole(result, name, least, most),
        };

    public static Option<long?> Long(string name, string helpName, string description, long least) =>
        new(name) { Description = description, HelpName = helpName, CustomParser = result => Whole(result, name, least, long.MaxValue) };

    public static Option<double?> Number(string name, string helpName, string description, double least, double most) =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                string typed = result.Tokens[0].Value;
                if (double.TryParse(typed, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value >= least && value <= most) return value;
                string range = most >= double.MaxValue ? string.Create(CultureInfo.InvariantCulture, $"of at least {least}") : string.Create(CultureInfo.InvariantCulture, $"from {least} to {most}");
                result.AddError($"{name} {typed} is not possible: a number {range} is needed.");
                return null;
            },
        };

    /// <summary>One of several names.</summary>
    public static Option<T?> Choice<T>(string name, string description, Names<T> names, string? helpName = null, params string[] aliases) where T : struct, Enum =>
        new(name, aliases)
        {
            Description = description,
            HelpName = helpName ?? string.Join('|', names.All),
            CustomParser = result =>
            {
                string typed = result.Tokens[0].Value;
                if (names.TryParse(typed, out T value)) return value;
                result.AddError($"{name} {typed} is not possible: {string.Join(", ", names.All)} are.");
                return null;
            },
        };

    /// <summary>An option that may be given several times, or once with several values after it.</summary>
    public static Option<string[]> Several(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName, AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };

    /// <summary>A list with commas; null when the option was not given.</summary>
    public static string[]? List(string? text) => text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static long? Whole(ArgumentResult result, string name, long least, long most)
    {
        string typed = result.Tokens[0].Value;
        if (long.TryParse(typed, NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out long value) && value >= least && value <= most) return value;
        string range = most is int.MaxValue or long.MaxValue ? $"of at least {least}" : $"from {least} to {most}";
        result.AddError($"{name} {typed} is not possible: a whole number {range} is needed.");
        return null;
    }
}
