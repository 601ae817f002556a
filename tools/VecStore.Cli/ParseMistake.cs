using System.CommandLine;
using System.CommandLine.Parsing;

namespace VecStore.Cli;

/// <summary>A command line that cannot be understood, as one line that says what to type instead.</summary>
internal static class ParseMistake
{
    public static string? Of(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        string path = Path(parse.CommandResult);
        if (OptionAmongArguments(parse) is { } misspelt)
            return $"{Unknown(command, path, misspelt)} (A key or a file of that name comes after a lone --.)";
        if (parse.Errors.Count == 0) return null;
        if (parse.UnmatchedTokens.Count > 0 && Unknown(command, path, parse.UnmatchedTokens[0]) is { } unknown) return unknown;
        if (command.Subcommands.Count > 0 && parse.UnmatchedTokens.Count == 0 && parse.CommandResult.Tokens.Count == 0)
            return $"{path} needs one of: {string.Join(", ", command.Subcommands.Select(sub => sub.Name))}.";
        string message = parse.Errors[0].Message.ReplaceLineEndings(" ");
        return $"{message} See {path} --help.";
    }

    // Where a command takes many arguments, a misspelt option is taken for one more of them.
    private static string? OptionAmongArguments(ParseResult parse)
    {
        HashSet<string> arguments = [.. parse.CommandResult.Tokens.Where(token => token.Type == TokenType.Argument).Select(token => token.Value)];
        return parse.Tokens.TakeWhile(token => token.Type != TokenType.DoubleDash)
            .FirstOrDefault(token => token.Type == TokenType.Argument && arguments.Contains(token.Value) && LooksLikeOption(token.Value))?.Value;
    }

    // Not numbers such as -4, and not words such as "-lrb-" and "--", which vocabularies have.
    private static bool LooksLikeOption(string token) =>
        token.StartsWith("--", StringComparison.Ordinal) ? token.Length > 2 && char.IsAsciiLetter(token[2]) : token.Length == 2 && token[0] == '-' && char.IsAsciiLetter(token[1]);

    private static string Unknown(Command command, string path, string token)
    {
        bool option = token.StartsWith('-');
        string[] known = option
            ? [.. command.Options.SelectMany(known => known.Aliases.Prepend(known.Name)).Where(name => name.StartsWith("--", StringComparison.Ordinal))]
            : [.. command.Subcommands.Select(sub => sub.Name)];
        string kind = option ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        string? nearest = Suggestion.For(token, known);
        string hint = nearest is null ? $"See {path} --help." : $"Did you mean {nearest}?";
        string where = path == "vecstore" ? "" : $" of {path}";
        return $"\"{token}\" is no {kind}{where}. {hint}";
    }

    private static string Path(CommandResult result)
    {
        var names = new List<string>();
        for (SymbolResult? at = result; at is CommandResult command; at = at.Parent) names.Insert(0, at.Parent is null ? "vecstore" : command.Command.Name);
        return string.Join(' ', names);
    }
}
