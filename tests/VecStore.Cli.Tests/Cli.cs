using System.Text.Json;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Tests;

/// <summary>What a command said and how it ended.</summary>
internal sealed record CliResult(int Code, string Out, string Error)
{
    /// <summary>The standard output as the one JSON document that it must be.</summary>
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Out);

    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Runs the command in this process, as <c>Program</c> does.</summary>
internal static class Cli
{
    public static CliResult Run(params string[] arguments) => Run(arguments, rich: false);

    public static CliResult Run(string[] arguments, bool rich)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var terminal = new Terminal(output, error) { OutIsRich = rich };
        int code = CommandLine.Run(arguments, terminal, CancellationToken.None);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command that must succeed.</summary>
    public static CliResult Ok(params string[] arguments)
    {
        CliResult result = Run(arguments);
        Assert.True(result.Code == 0, $"vecstore {string.Join(' ', arguments)} ended with {result.Code}: {result.Error}");
        return result;
    }

    /// <summary>Runs a command that must succeed and gives its JSON.</summary>
    public static JsonElement OkJson(params string[] arguments) => Ok([.. arguments, "--json"]).Json;

    /// <summary>Runs a command and stops it, as Ctrl-C does, as soon as it has said something.</summary>
    public static CliResult RunAndStop(string when, params string[] arguments)
    {
        using var interrupted = new CancellationTokenSource();
        using var output = new StringWriter();
        using var error = new StoppingWriter(when, interrupted);
        int code = CommandLine.Run(arguments, new Terminal(output, error), interrupted.Token);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    /// <summary>A mistake has one line that says what is wrong, and no trace of the program's inside.</summary>
    public static void IsOneLine(CliResult result, int code, string says)
    {
        Assert.Equal(code, result.Code);
        Assert.Empty(result.Out);
        string line = Assert.Single(result.ErrorLines, line => line.StartsWith("vecstore: ", StringComparison.Ordinal));
        Assert.Contains(says, line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", result.Error, StringComparison.Ordinal);
        Assert.All(result.ErrorLines, other => Assert.True(other == line || other.StartsWith("found ", StringComparison.Ordinal) || other.StartsWith("note: ", StringComparison.Ordinal), other));
    }

    private sealed class StoppingWriter(string when, CancellationTokenSource interrupted) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (value?.Contains(when, StringComparison.Ordinal) == true) interrupted.Cancel();
        }
    }
}
