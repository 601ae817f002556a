using System.Globalization;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Demonstration;

/// <summary>Where the demo speaks: headings, what one would type, and what comes back, in 80 columns.</summary>
internal sealed class DemoStage(Terminal terminal)
{
    private int step;

    public Terminal Terminal => terminal;

    public void Heading(string text)
    {
        terminal.Out.WriteLine();
        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{++step}. {text}"));
    }

    /// <summary>What the reader would type to get the same.</summary>
    public void Typed(string command) => terminal.Out.WriteLine($"   $ vecstore {command}");

    public void Line(string text = "") => terminal.Out.WriteLine(text.Length == 0 ? "" : "   " + text);

    /// <summary>Words with their scores, as many lines as they need.</summary>
    public void Scores(IEnumerable<(string Word, float Score)> found)
    {
        const int Widest = 74;
        string line = "  ";
        foreach ((string word, float score) in found)
        {
            string item = string.Create(CultureInfo.InvariantCulture, $" {Display.Clean(word)} {score:0.000} ");
            if (line.Length + item.Length > Widest)
            {
                terminal.Out.WriteLine(line.TrimEnd());
                line = "  ";
            }

            line += item;
        }

        terminal.Out.WriteLine(line.TrimEnd());
    }
}
