namespace VecStore.Cli.Terminals;

/// <summary>Where a command speaks: results on <see cref="Out"/>, progress and messages on <see cref="Error"/>.</summary>
/// <param name="Out">Takes the result and nothing else.</param>
/// <param name="Error">Takes progress, messages and mistakes.</param>
internal sealed record Terminal(TextWriter Out, TextWriter Error)
{
    /// <summary>Results are read by a person at a terminal: frames and colours. Otherwise plain text.</summary>
    public bool OutIsRich { get; init; }

    /// <summary>Progress may be drawn over and over in one place. Otherwise a line now and then.</summary>
    public bool ErrorIsRich { get; init; }

    /// <summary>Columns of text.</summary>
    public int Width { get; init; } = 80;

    public static Terminal OfProcess()
    {
        bool plain = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) || Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new Terminal(Console.Out, Console.Error)
        {
            OutIsRich = !plain && !Console.IsOutputRedirected,
            ErrorIsRich = !plain && !Console.IsErrorRedirected,
            Width = Console.IsOutputRedirected ? 80 : ConsoleWidth(),
        };
    }

    private static int ConsoleWidth()
    {
        try
        {
            return Console.WindowWidth is > 20 and var width ? width : 80;
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
