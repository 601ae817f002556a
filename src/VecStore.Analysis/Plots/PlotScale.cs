using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Takes values of an axis to pixels, and says where its ticks are.</summary>
internal sealed class PlotScale
{
    private readonly double low, high, start, end;
    private readonly bool logarithmic;

    public PlotScale(PlotAxis axis, IEnumerable<double> values, double start, double end, bool padded = true)
    {
        (logarithmic, this.start, this.end) = (axis.Logarithmic, start, end);
        (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in values)
        {
            if (!Shows(value)) continue;
            low = Math.Min(low, Place(value));
            high = Math.Max(high, Place(value));
        }
        if (low > high) (low, high) = (0, 1);
        if (high - low <= 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high))) (low, high) = (low - 0.5, high + 0.5);
        else if (padded) (low, high) = (low - 0.03 * (high - low), high + 0.03 * (high - low));
    }

    public bool Shows(double value) => double.IsFinite(value) && (!logarithmic || value > 0);

    public double Pixel(double value) => start + (Place(value) - low) / (high - low) * (end - start);

    /// <summary>Round values, some five of them; on a logarithmic axis decades, or 1, 2 and 5 where there are few of these.</summary>
    public IEnumerable<(double Value, string Label)> Ticks() => logarithmic && high - low >= 0.7 ? LogarithmicTicks() : LinearTicks();

    private IEnumerable<(double Value, string Label)> LinearTicks()
    {
        double rough = (high - low) / 5, power = Math.Pow(10, Math.Floor(Math.Log10(rough))), lead = rough / power;
        double step = power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
        for (double multiple = Math.Ceiling(low / step); multiple * step <= high; multiple++)
        {
            double value = multiple * step;
            if (Math.Abs(value) < step * 1e-9) value = 0;
            double shown = logarithmic ? Math.Pow(10, value) : value;
            yield return (shown, Label(shown));
        }
    }

    private IEnumerable<(double Value, string Label)> LogarithmicTicks()
    {
        int every = Math.Max(1, (int)Math.Ceiling((high - low) / 8));
        double[] leads = high - low < 3 ? [1, 2, 5] : [1];
        for (int decade = (int)Math.Floor(low); decade <= high; decade += every)
            foreach (double lead in leads)
                if (lead * Math.Pow(10, decade) is double value && Place(value) >= low && Place(value) <= high) yield return (value, Label(value));
    }

    private double Place(double value) => logarithmic ? Math.Log10(value) : value;

    private static string Label(double value)
        => Math.Abs(value) is 0 or (>= 1e-3 and < 1e6) ? value.ToString("#,0.######", CultureInfo.InvariantCulture) : value.ToString("0.###e+0", CultureInfo.InvariantCulture);
}
