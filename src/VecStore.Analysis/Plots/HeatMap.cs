using System.Globalization;

namespace VecStore.Analysis;

/// <summary>A matrix as coloured cells: white at zero, blue below, red above.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Rows">Names of the rows.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Values">Row after row; NaN is left empty.</param>
public sealed record HeatMap(string Title, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<double> Values) : Plot(Title)
{
    /// <summary>What the rows are.</summary>
    public string RowCaption { get; init; } = "";

    /// <summary>What the columns are.</summary>
    public string ColumnCaption { get; init; } = "";

    /// <summary>What the values are, with their unit.</summary>
    public string ValueCaption { get; init; } = "";

    /// <summary>The value of full colour; null means the largest absolute value.</summary>
    public double? Full { get; init; }

    private protected override void Draw(SvgCanvas canvas)
    {
        if (Values.Count != (long)Rows.Count * Columns.Count) throw new InvalidOperationException($"{Values.Count} values for {Rows.Count} x {Columns.Count} cells");
        int block = 1; // cells of a large matrix are drawn as means over squares
        while ((long)((Rows.Count + block - 1) / block) * ((Columns.Count + block - 1) / block) > MostMarks) block++;
        if (block > 1) canvas.Say(string.Create(CultureInfo.InvariantCulture, $"{Rows.Count:N0} x {Columns.Count:N0} cells drawn as means over squares of {block}"));
        canvas.Left = 40 + 6.2 * Math.Min(22, LongestOf(Rows));
        canvas.Bottom = 44 + 4.6 * Math.Min(22, LongestOf(Columns));
        canvas.Right = 84;
        double full = Full ?? Values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(1).Max();
        if (full == 0) full = 1;
        double width = (canvas.PlotRight - canvas.Left) / Math.Max(1, Columns.Count), height = (canvas.PlotBottom - canvas.Top) / Math.Max(1, Rows.Count);
        bool written = block == 1 && width >= 34 && height >= 14;
        canvas.Open("cells");
        for (int row = 0; row < Rows.Count; row += block)
        {
            for (int column = 0; column < Columns.Count; column += block)
            {
                double value = Mean(row, column, block);
                if (!double.IsFinite(value)) continue;
                double left = canvas.Left + column * width, top = canvas.Top + row * height;
                string tip = string.Create(CultureInfo.InvariantCulture, $"{Rows[row]}, {Columns[column]}: {value:G4}");
                canvas.Rectangle(left, top, width * block, height * block, Colour(value / full), 1, block == 1 ? tip : null);
                if (written) canvas.Text(left + width / 2, top + height / 2 + 4, value.ToString("0.00", CultureInfo.InvariantCulture), "middle", Math.Abs(value / full) > 0.6 ? "strong" : "cell");
            }
        }
        canvas.Close();
        Names(canvas, width, height);
        canvas.Captions(ColumnCaption, RowCaption);
        Key(canvas, full);
    }

    private void Names(SvgCanvas canvas, double width, double height)
    {
        int everyRow = Math.Max(1, (int)Math.Ceiling(12 / height)), everyColumn = Math.Max(1, (int)Math.Ceiling(12 / width));
        for (int row = 0; row < Rows.Count; row += everyRow)
            canvas.Text(canvas.Left - 5, canvas.Top + (row + 0.5) * height + 4, SvgCanvas.Cut(Rows[row], 22), "end", "tick");
        for (int column = 0; column < Columns.Count; column += everyColumn)
            canvas.Slanted(canvas.Left + (column + 0.5) * width + 3, canvas.PlotBottom + 12, SvgCanvas.Cut(Columns[column], 22));
    }

    private void Key(SvgCanvas canvas, double full)
    {
        const int steps = 21;
        double left = canvas.PlotRight + 14, height = Math.Min(160, canvas.PlotBottom - canvas.Top) / steps;
        for (int i = 0; i < steps; i++) canvas.Rectangle(left, canvas.Top + i * height, 12, height + 0.5, Colour(1 - 2.0 * i / (steps - 1)), 1);
        (double Place, double Value)[] ticks = [(0, full), (0.5, 0), (1, -full)];
        foreach ((double place, double value) in ticks)
            canvas.Text(left + 16, canvas.Top + place * steps * height + (place == 0 ? 9 : place == 1 ? 0 : 4), value.ToString("G3", CultureInfo.InvariantCulture), "start", "tick");
        canvas.Text(canvas.PlotRight + 8, canvas.Top + steps * height + 18, ValueCaption, "start", "tick");
    }

    private double Mean(int row, int column, int block)
    {
        double sum = 0;
        int count = 0;
        for (int r = row; r < Math.Min(Rows.Count, row + block); r++)
        {
            for (int c = column; c < Math.Min(Columns.Count, column + block); c++)
            {
                if (!double.IsFinite(Values[r * Columns.Count + c])) continue;
                sum += Values[r * Columns.Count + c];
                count++;
            }
        }
        return count > 0 ? sum / count : double.NaN;
    }

    /// <summary>Between white at 0, blue at -1 and red at 1.</summary>
    private static string Colour(double share)
    {
        double strength = Math.Min(1, Math.Abs(share));
        (int Red, int Green, int Blue) end = share < 0 ? (33, 102, 172) : (178, 24, 43);
        int Blend(int to) => (int)Math.Round(247 + (to - 247) * strength);
        return $"#{Blend(end.Red):x2}{Blend(end.Green):x2}{Blend(end.Blue):x2}";
    }

    private static int LongestOf(IReadOnlyList<string> names) => names.Count == 0 ? 0 : names.Max(name => name.Length);
}
