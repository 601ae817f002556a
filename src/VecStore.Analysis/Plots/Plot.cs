namespace VecStore.Analysis;

/// <summary>A picture of a result as one self-contained SVG document: readable on light and dark grounds, axes labelled with their units.</summary>
public abstract record Plot
{
    private protected Plot(string title) => Title = title;

    /// <summary>Points, bars and cells drawn at most. What is left out is said under the title.</summary>
    public const int MostMarks = 20_000;

    /// <summary>What it shows; stands above it.</summary>
    public string Title { get; init; }

    /// <summary>A second, smaller line: rows seen, method, p.</summary>
    public string? Note { get; init; }

    /// <summary>Width in pixels.</summary>
    public int Width { get; init; } = 720;

    /// <summary>Height in pixels.</summary>
    public int Height { get; init; } = 480;

    /// <summary>The document. Numbers that are not finite, and those without a place on a logarithmic axis, are left out.</summary>
    public string ToSvg()
    {
        SvgCanvas canvas = new(this);
        Draw(canvas);
        return canvas.Finish();
    }

    private protected abstract void Draw(SvgCanvas canvas);
}

/// <summary>An axis.</summary>
/// <param name="Label">What the numbers are.</param>
/// <param name="Unit">Their unit; null where they have none.</param>
/// <param name="Logarithmic">In decades; numbers of 0 and below are left out.</param>
public sealed record PlotAxis(string Label, string? Unit = null, bool Logarithmic = false)
{
    internal string Caption => Unit is null ? Label : $"{Label} [{Unit}]";
}

/// <summary>Points that belong together.</summary>
/// <param name="Name">For the legend.</param>
/// <param name="X">Abscissas.</param>
/// <param name="Y">Ordinates, as many.</param>
public sealed record PlotSeries(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Text beside each point, drawn while there are no more than 60 points; null for none.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>A colour of its own; null takes the next.</summary>
    internal string? Colour { get; init; }

    /// <summary>Lines only: drawn with gaps, so that what lies under it is seen.</summary>
    internal bool Dashed { get; init; }

    /// <summary>Lower and upper ends of a band about each ordinate (lines only); null for none.</summary>
    public (IReadOnlyList<double> Low, IReadOnlyList<double> High)? Band { get; init; }
}
