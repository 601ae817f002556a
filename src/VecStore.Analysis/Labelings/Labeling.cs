using System.Globalization;

namespace VecStore.Analysis;

/// <summary>One of a few labels for every row of a collection: lobes, domains, strata. A row may be left out.</summary>
public sealed class Labeling
{
    /// <summary>The label of rows that are left out.</summary>
    public const int LeftOut = -1;

    private readonly int[] labels;

    /// <summary>Labels with where they come from.</summary>
    /// <param name="labels">0 .. labels - 1 for each row, or <see cref="LeftOut"/>.</param>
    /// <param name="provenance">How they were made, in words: method, parameters, seed, source.</param>
    /// <param name="names">A name for each label; null names them by their numbers.</param>
    /// <exception cref="ArgumentException">A label below -1, fewer names than labels, or two labels of one name.</exception>
    public Labeling(IReadOnlyList<int> labels, string provenance, IReadOnlyList<string>? names = null)
    {
        this.labels = [.. labels];
        Provenance = provenance;
        int largest = -1;
        for (int row = 0; row < this.labels.Length; row++)
        {
            if (this.labels[row] < LeftOut) throw new ArgumentException($"row {row} has the label {this.labels[row]}; allowed are -1 (left out) and up", nameof(labels));
            largest = Math.Max(largest, this.labels[row]);
        }
        if (names is not null && names.Count <= largest) throw new ArgumentException($"{names.Count} names for labels up to {largest}", nameof(names));
        Names = names is null ? [.. Enumerable.Range(0, largest + 1).Select(label => label.ToString(CultureInfo.InvariantCulture))] : [.. names];
        if (Names.Distinct(StringComparer.Ordinal).Count() != Names.Count) throw new ArgumentException("two labels have the same name", nameof(names));
        int[] sizes = new int[Names.Count];
        foreach (int label in this.labels)
            if (label >= 0) sizes[label]++;
        Sizes = sizes;
        LabelledRows = sizes.Sum();
    }

    /// <summary>Rows, those left out included.</summary>
    public int Count => labels.Length;

    /// <summary>The label of a row.</summary>
    public int this[int row] => labels[row];

    /// <summary>The labels of all rows.</summary>
    public ReadOnlySpan<int> Labels => labels;

    /// <summary>The names of the labels; their number is the number of labels, also of those that no row has.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Rows of each label.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>Rows that have a label.</summary>
    public int LabelledRows { get; }

    /// <summary>How the labels were made.</summary>
    public string Provenance { get; }

    /// <summary>The rows of a label, ascending.</summary>
    /// <exception cref="KeyNotFoundException">No label has this name.</exception>
    public int[] this[string name] => RowsOf(LabelOf(name));

    /// <summary>The rows of a label, ascending.</summary>
    public int[] RowsOf(int label) => [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] == label)];

    /// <summary>The rows that have a label, ascending.</summary>
    public int[] Rows() => [.. Enumerable.Range(0, labels.Length).Where(row => labels[row] >= 0)];

    /// <summary>The label of a name.</summary>
    /// <exception cref="KeyNotFoundException">No label has this name.</exception>
    public int LabelOf(string name)
    {
        for (int label = 0; label < Names.Count; label++)
            if (string.Equals(Names[label], name, StringComparison.Ordinal)) return label;
        throw new KeyNotFoundException($"no label '{name}'; there are {string.Join(", ", Names.Take(20))}{(Names.Count > 20 ? ", ..." : "")}");
    }

    /// <summary>Labels of chosen rows put in their places among all rows; the others are left out.</summary>
    /// <param name="labels">The label of each chosen row.</param>
    /// <param name="rows">The chosen rows.</param>
    /// <param name="count">All rows.</param>
    /// <param name="provenance">How the labels were made.</param>
    public static Labeling Spread(ReadOnlySpan<int> labels, ReadOnlySpan<int> rows, int count, string provenance)
    {
        if (labels.Length != rows.Length) throw new ArgumentException($"{labels.Length} labels for {rows.Length} rows", nameof(labels));
        int[] all = new int[count];
        Array.Fill(all, LeftOut);
        for (int i = 0; i < rows.Length; i++) all[rows[i]] = labels[i];
        return new(all, provenance);
    }

    /// <summary>Text labels: the names are the different texts in ordinal order; null leaves a row out.</summary>
    public static Labeling OfText(IReadOnlyList<string?> texts, string provenance)
    {
        string[] names = [.. texts.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Dictionary<string, int> number = names.Select((name, label) => (name, label)).ToDictionary(item => item.name, item => item.label, StringComparer.Ordinal);
        return new([.. texts.Select(text => text is null ? LeftOut : number[text])], provenance, names);
    }

    /// <summary>The same labels only for the rows that pass; the others are left out.</summary>
    public Labeling Where(Func<int, bool> keep) => new([.. labels.Select((label, row) => keep(row) ? label : LeftOut)], Provenance, Names);
}
