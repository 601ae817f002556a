namespace VecStore.Analysis;

/// <summary>A concept as counterfactual pairs of keys.</summary>
/// <param name="Name">For example "male-female".</param>
/// <param name="Pairs">Pairs of keys, all in the same sense.</param>
public sealed record ConceptPairs(string Name, IReadOnlyList<(string From, string To)> Pairs)
{
    /// <summary>
    /// The differences second minus first member. A key that is not found as written is looked up in lower case; pairs with a key that is not found, pairs of a row with itself
    /// and pairs met before are left out.
    /// </summary>
    public ConceptDifferences Differences(IKeyedRows rows)
    {
        List<double[]> differences = [];
        float[] a = new float[rows.Dimension], b = new float[rows.Dimension];
        foreach ((int first, int second) in RowKeys.FindPairs(rows, Pairs))
        {
            rows.Read(first, a);
            rows.Read(second, b);
            differences.Add([.. b.Zip(a, (x, y) => (double)x - y)]);
        }
        return new(Name, differences);
    }

    /// <summary>The concept's direction: the mean difference, of length 1.</summary>
    public double[] Direction(IKeyedRows rows)
    {
        double[] direction = DoubleVectors.Mean(Differences(rows).Differences);
        DoubleVectors.Normalize(direction);
        return direction;
    }
}

/// <summary>The tests of linear representation together.</summary>
/// <param name="Euclidean">Within and across concepts under the plain inner product.</param>
/// <param name="Causal">The same under another inner product; null when none was given.</param>
/// <param name="Alignment">Alignment with the same pairs in a second space; null without one.</param>
/// <param name="LeftOut">Pairs left out because a key has no row, by concept.</param>
/// <param name="RowsSeen">Rows from which random pairs were drawn.</param>
public sealed record ConceptStudyResult(
    LinearRepresentationResult Euclidean, LinearRepresentationResult? Causal, AlignmentResult? Alignment, IReadOnlyList<int> LeftOut, int RowsSeen) : IAnalysisResult
{
    string IAnalysisResult.Title => "Are concepts represented linearly?";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts
    {
        get
        {
            List<ResultFact> facts = [new("rows_seen", RowsSeen), new("exact", true), new("pairs_left_out", LeftOut.Sum()), Across("across", Euclidean)];
            if (Causal is not null) facts.AddRange([new("inner_product", Causal.InnerProduct), Across("causal_across", Causal)]);
            if (Alignment is not null) facts.AddRange([ResultFact.Of("alignment", Alignment.SameConcept), new("alignment_of_different_concepts", Alignment.DifferentConcepts)]);
            return facts;
        }
    }

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            List<ResultTable> tables = [Euclidean.ConceptTable("concepts"), Euclidean.AcrossTable("across_cosines")];
            if (Causal is not null) tables.AddRange([Causal.ConceptTable("causal_concepts"), Causal.AcrossTable("causal_across_cosines")]);
            return tables;
        }
    }

    // One concept has no other to be compared with.
    private static ResultFact Across(string name, LinearRepresentationResult result) => result.Concepts.Count > 1 ? ResultFact.Of(name, result.MeanAcrossCosine) : new(name, null);

    /// <summary>|cosine| of the mean differences, under the inner product that was asked for.</summary>
    public HeatMap Plot() => (Causal ?? Euclidean).Plot();
}

/// <summary>Tests concepts given as pairs of keys.</summary>
public static class ConceptStudy
{
    /// <summary>Within and across concepts, under both inner products, and alignment with a second space; each against random pairs or shuffled concepts.</summary>
    /// <param name="rows">The space.</param>
    /// <param name="concepts">Concepts; those with fewer than two usable pairs are refused.</param>
    /// <param name="inner">A second inner product beside the plain one, for example the causal one.</param>
    /// <param name="aligned">The second space of the same keys and dimension, for example unembeddings.</param>
    /// <param name="draws">Draws of random pairs.</param>
    /// <param name="seed">Their seed.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="ArgumentException">A concept has fewer than two pairs whose keys have rows.</exception>
    public static ConceptStudyResult Run(
        IKeyedRows rows, IReadOnlyList<ConceptPairs> concepts, InnerProduct? inner = null, IKeyedRows? aligned = null, int draws = 199, ulong seed = 0,
        CancellationToken cancellation = default)
    {
        ConceptDifferences[] differences = [.. concepts.Select(concept => Checked(concept, rows))];
        AlignmentResult? alignment = null;
        if (aligned is not null)
        {
            if (aligned.Dimension != rows.Dimension) throw new ArgumentException($"the spaces have {rows.Dimension} and {aligned.Dimension} dimensions; cosines need the same", nameof(aligned));
            alignment = LinearRepresentationTest.Align(differences, [.. concepts.Select(concept => Checked(concept, aligned))], seed: seed);
        }
        return new(
            LinearRepresentationTest.Run(differences, rows, null, draws, seed, cancellation),
            inner is null ? null : LinearRepresentationTest.Run(differences, rows, inner, draws, seed, cancellation),
            alignment, [.. concepts.Zip(differences, (concept, used) => concept.Pairs.Count - used.Differences.Count)], rows.Count);
    }

    private static ConceptDifferences Checked(ConceptPairs concept, IKeyedRows rows)
    {
        ConceptDifferences differences = concept.Differences(rows);
        return differences.Differences.Count >= 2 ? differences
            : throw new ArgumentException($"the concept {concept.Name} has {differences.Differences.Count} of {concept.Pairs.Count} pairs of two different rows; two are needed", nameof(concept));
    }
}
