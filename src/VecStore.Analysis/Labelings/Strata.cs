using System.Globalization;

namespace VecStore.Analysis;

/// <summary>Labelings by which nulls are made stricter: rows are alike inside a stratum.</summary>
public static class Strata
{
    /// <summary>Rows cut at equal quantiles of a value, for example how often a feature fires. A value on a boundary belongs to the bin below, as with numpy.searchsorted.</summary>
    /// <param name="values">One value a row; NaN leaves a row out.</param>
    /// <param name="bins">How many bins of about equal number.</param>
    /// <param name="name">What the values are.</param>
    public static Labeling OfQuantiles(IReadOnlyList<double> values, int bins, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        double[] sorted = [.. values.Where(x => !double.IsNaN(x)).Order()];
        double[] cuts = [.. Enumerable.Range(1, bins - 1).Select(bin => SortedQuantile.Of(sorted, (double)bin / bins))];
        return new([.. values.Select(x => double.IsNaN(x) ? Labeling.LeftOut : cuts.Count(cut => cut < x))],
            string.Create(CultureInfo.InvariantCulture, $"{bins} bins of {name}"), [.. Enumerable.Range(0, bins).Select(bin => bin.ToString(CultureInfo.InvariantCulture))]);
    }

    /// <summary>Rows alike in both labelings; a row that either leaves out is left out. Labels without rows are dropped.</summary>
    public static Labeling Cross(Labeling first, Labeling second)
    {
        if (first.Count != second.Count) throw new ArgumentException($"a labeling of {first.Count} rows and one of {second.Count}", nameof(second));
        return Labeling.OfText(
            [.. Enumerable.Range(0, first.Count).Select(row => first[row] < 0 || second[row] < 0 ? null : first.Names[first[row]] + " x " + second.Names[second[row]])],
            first.Provenance + " x " + second.Provenance);
    }
}
