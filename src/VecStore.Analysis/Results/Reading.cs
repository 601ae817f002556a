using System.Globalization;

namespace VecStore.Analysis;

/// <summary>
/// Results in words: the effect first, chance beside it, then whether chance alone could have done it. How large an effect is, is said as its share of what was possible:
/// (observed - chance) / (1 - chance) for figures that are at most 1.
/// </summary>
internal static class Reading
{
    /// <summary>A figure of at most 1 beside its null.</summary>
    public static string Of(string what, NullTest test)
    {
        string figures = string.Create(CultureInfo.InvariantCulture, $"{what} {test.Observed:0.000}, {test.NullMean:0.000} by chance");
        if (test.PValue > 0.05) return string.Create(CultureInfo.InvariantCulture, $"{figures}: no more than chance gives (p {test.PValue:0.00})");
        return $"{figures}: {Share(test.Effect / (1 - test.NullMean))} of the way from chance to 1 ({P(test)})";
    }

    /// <summary>p, with a word where more draws could make it smaller.</summary>
    public static string P(NullTest test) => string.Create(CultureInfo.InvariantCulture, $"p {test.PValue:0.####}{(test.Hits == 0 ? $", the least that {test.Draws} draws can give" : "")}");

    /// <summary>A share as a percentage, with a digit behind the point where it is small.</summary>
    public static string Share(double share) => (100 * share).ToString(Math.Abs(share) < 0.1 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %";

    /// <summary>Sentences in one line.</summary>
    public static string Join(params IEnumerable<string?> sentences) => string.Join("; ", sentences.Where(sentence => sentence is not null));
}
