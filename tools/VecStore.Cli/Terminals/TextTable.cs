using Spectre.Console;
using Spectre.Console.Rendering;

namespace VecStore.Cli.Terminals;

/// <summary>A table: framed at a terminal, columns two spaces apart when piped. Cells are taken as text, never as markup.</summary>
internal sealed class TextTable
{
    private const int WidestCell = 60;
    private readonly List<(string Title, bool Right)> columns = [];
    private readonly List<string[]> rows = [];

    /// <summary>A column; numbers are aligned on the right.</summary>
    public TextTable Column(string title, bool right = false)
    {
        columns.Add((title, right));
        return this;
    }

    public void Row(params string[] cells) => rows.Add([.. cells.Select(cell => Display.Cut(Display.Clean(cell), WidestCell))]);

    public void Write(Terminal terminal)
    {
        if (terminal.OutIsRich) WriteFramed(terminal);
        else WritePlain(terminal.Out);
    }

    private void WriteFramed(Terminal terminal)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach ((string title, bool right) in columns)
        {
            var column = new TableColumn(new Text(title, new Style(decoration: Decoration.Bold)));
            table.AddColumn(right ? column.RightAligned() : column);
        }

        foreach (string[] row in rows) table.AddRow(row.Select(IRenderable (cell) => new Text(cell)));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Out), Ansi = AnsiSupport.Yes });
        console.Profile.Width = terminal.Width;
        console.Write(table);
    }

    private void WritePlain(TextWriter writer)
    {
        int[] widths = [.. columns.Select((column, i) => rows.Select(row => row[i].Length).Append(column.Title.Length).Max())];
        Line(writer, [.. columns.Select(column => column.Title)], widths);
        foreach (string[] row in rows) Line(writer, row, widths);
    }

    private void Line(TextWriter writer, string[] cells, int[] widths)
    {
        IEnumerable<string> padded = cells.Select((cell, i) => columns[i].Right ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]));
        writer.WriteLine(string.Join("  ", padded).TrimEnd());
    }
}
