namespace VecStore.Analysis;

/// <summary>A concept as the differences of its counterfactual pairs.</summary>
/// <param name="Name">For example "male-female".</param>
/// <param name="Differences">One steering vector per pair, all in the same sense.</param>
public sealed record ConceptDifferences(string Name, IReadOnlyList<double[]> Differences);

/// <summary>One concept's figures.</summary>
/// <param name="Name">The concept.</param>
/// <param name="Pairs">Its pairs.</param>
/// <param name="WithinCosine">
/// Mean pairwise cosine of its differences, against the same number of differences of random pairs of rows.
/// </param>
public sealed record ConceptLinearity(string Name, int Pairs, NullTest WithinCosine);

/// <summary>Whether concepts are represented linearly (Jiang et al. 2024, Park et al. 2023).</summary>
public sealed record LinearRepresentationResult : IAnalysisResult
{
    /// <summary>One per concept.</summary>
    public required IReadOnlyList<ConceptLinearity> Concepts { get; init; }

    /// <summary>|cosine| of the mean differences of each two concepts.</summary>
    public required double[][] AcrossCosines { get; init; }

    /// <summary>Mean of those off the diagonal, against directions of random pairs: here small figures are the finding, so p counts draws at most as large.</summary>
    public required NullTest MeanAcrossCosine { get; init; }

    /// <summary>The inner product under which all of this was taken.</summary>
    public required string InnerProduct { get; init; }

    string IAnalysisResult.Title => "Are concepts represented linearly?";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
        [new("inner_product", InnerProduct), new("exact", true), new("mean_within_cosine", Concepts.Average(concept => concept.WithinCosine.Observed)), ResultFact.Of("across", MeanAcrossCosine)];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables => [ConceptTable("concepts"), AcrossTable("across_cosines")];

    /// <summary>Each concept's figure beside random pairs.</summary>
    internal ResultTable ConceptTable(string name)
    {
        ResultTable table = new(name, new("concept", typeof(string)), new("pairs", typeof(int)), new("within_cosine", typeof(double)), new("null_mean", typeof(double)),
            new("null_deviation", typeof(double)), new("effect", typeof(double)), new("p", typeof(double)));
        foreach ((string concept, int pairs, NullTest test) in Concepts) table.Add(concept, pairs, test.Observed, test.NullMean, test.NullDeviation, test.Effect, test.PValue);
        return table;
    }

    /// <summary>|cosine| of each two mean differences, a row per concept.</summary>
    internal ResultTable AcrossTable(string name)
    {
        ResultTable table = new(name, new("concept", typeof(string)), new("cosines", typeof(IReadOnlyList<double>)));
        for (int i = 0; i < Concepts.Count; i++) table.Add(Concepts[i].Name, AcrossCosines[i]);
        return table;
    }

    /// <summary>|cosine| of the mean differences of each two concepts.</summary>
    public HeatMap Plot()
    {
        string[] names = [.. Concepts.Select(concept => concept.Name)];
        return new("|cosine| of concept directions", names, names, [.. AcrossCosines.SelectMany(row => row)]) { Note = InnerProduct, ValueCaption = "|cosine|", Full = 1 };
    }
}

/// <summary>Figures of the alignment of the same concepts in two spaces of one dimension, for example embeddings and unembeddings.</summary>
/// <param name="SameConcept">Mean cosine of the two mean differences of a concept, against concepts of the second space shuffled (|cosine| is not taken: the sense counts).</param>
/// <param name="DifferentConcepts">Mean |cosine| of the mean differences of different concepts.</param>
/// <param name="Cosines">Cosines[i][j]: concept i in the first space with concept j in the second.</param>
public sealed record AlignmentResult(NullTest SameConcept, double DifferentConcepts, double[][] Cosines)
    : IAnalysisResult
{
    string IAnalysisResult.Title => "Alignment of the same concepts in two spaces";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts => [new("exact", true), ResultFact.Of("same_concept", SameConcept), new("different_concepts", DifferentConcepts)];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("alignment_cosines", new("concept", typeof(int)), new("cosines", typeof(IReadOnlyList<double>)));
            for (int i = 0; i < Cosines.Length; i++) table.Add(i + 1, Cosines[i]);
            return [table];
        }
    }
}

/// <summary>Tests of linear representation.</summary>
public static class LinearRepresentationTest
{
    /// <summary>Within-concept and across-concept cosines, each against random pairs of rows of the population.</summary>
    /// <param name="concepts">At least one concept of two pairs.</param>
    /// <param name="population">Rows from which random pairs are drawn.</param>
    /// <param name="inner">The inner product; null means Euclidean.</param>
    /// <param name="draws">Draws of random pairs.</param>
    /// <param name="seed">Their seed.</param>
    /// <param name="cancellation">Ends it.</param>
    public static LinearRepresentationResult Run(
        IReadOnlyList<ConceptDifferences> concepts, IRowSource population, InnerProduct? inner = null, int draws = 199, ulong seed = 0, CancellationToken cancellation = default)
    {
        inner ??= InnerProduct.Euclidean;
        double[][][] mapped = [.. concepts.Select(concept => concept.Differences.Select(x => inner.Map(x)).ToArray())];
        double[] within = [.. mapped.Select(PairwiseCosine.Mean)];
        double[][] means = [.. mapped.Select(DoubleVectors.Mean)];
        double[][] across = [.. means.Select(x => means.Select(y => Math.Abs(DoubleVectors.Cosine(x, y))).ToArray())];
        double[][] nullWithin = [.. concepts.Select(_ => new double[draws])];
        double[] nullAcross = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            SeededRandom random = new(seed, "random pairs", draw);
            double[][] randomMeans = new double[concepts.Count][];
            for (int c = 0; c < concepts.Count; c++)
            {
                double[][] pairs = [.. mapped[c].Select(_ => inner.Map(RandomDifference(population, random)))];
                nullWithin[c][draw] = PairwiseCosine.Mean(pairs);
                randomMeans[c] = DoubleVectors.Mean(pairs);
            }
            nullAcross[draw] = MeanOffDiagonal(randomMeans, randomMeans);
        }
        double observed = MeanOffDiagonal(means, means);
        NullTest acrossTest = NullTest.Of(observed, nullAcross, seed, "mean differences of random pairs of rows; p counts draws at most as large");
        return new()
        {
            Concepts = [.. concepts.Select((concept, c) => new ConceptLinearity(concept.Name, concept.Differences.Count,
                NullTest.Of(within[c], nullWithin[c], seed, "differences of random pairs of rows")))],
            AcrossCosines = across,
            MeanAcrossCosine = acrossTest with { Hits = nullAcross.Count(value => value <= observed) },
            InnerProduct = inner.Description,
        };
    }

    /// <summary>Alignment of the concepts of two spaces.</summary>
    /// <param name="first">Concepts in the first space, for example of embeddings.</param>
    /// <param name="second">The same concepts in the second, in the same order.</param>
    /// <param name="draws">Shuffles of the second.</param>
    /// <param name="seed">Their seed.</param>
    public static AlignmentResult Align(IReadOnlyList<ConceptDifferences> first, IReadOnlyList<ConceptDifferences> second, int draws = 999, ulong seed = 0)
    {
        if (first.Count != second.Count) throw new ArgumentException($"{first.Count} and {second.Count} concepts", nameof(second));
        double[][] x = [.. first.Select(concept => DoubleVectors.Mean(concept.Differences))], y = [.. second.Select(concept => DoubleVectors.Mean(concept.Differences))];
        double[][] cosines = [.. x.Select(a => y.Select(b => DoubleVectors.Cosine(a, b)).ToArray())];
        double observed = Enumerable.Range(0, x.Length).Average(i => cosines[i][i]);
        double[] nulls = new double[draws];
        for (int draw = 0; draw < draws; draw++)
        {
            int[] order = [.. Enumerable.Range(0, x.Length)];
            new SeededRandom(seed, "shuffled concepts", draw).Shuffle(order.AsSpan());
            nulls[draw] = Enumerable.Range(0, x.Length).Average(i => cosines[i][order[i]]);
        }
        return new(NullTest.Of(observed, nulls, seed, "concepts of the second space shuffled"), MeanOffDiagonal(x, y), cosines);
    }

    /// <summary>Mean |cosine| of x[i] with y[j], i unlike j; NaN for a single one.</summary>
    internal static double MeanOffDiagonal(double[][] x, double[][] y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
            for (int j = 0; j < y.Length; j++)
                if (i != j) sum += Math.Abs(DoubleVectors.Cosine(x[i], y[j]));
        return sum / (x.Length * (x.Length - 1.0));
    }

    private static double[] RandomDifference(IRowSource population, SeededRandom random)
    {
        int from = random.NextInt32(population.Count), to = random.NextInt32(population.Count - 1);
        if (to >= from) to++;
        float[] a = new float[population.Dimension], b = new float[population.Dimension];
        population.Read(from, a);
        population.Read(to, b);
        return [.. b.Zip(a, (x, y) => (double)x - y)];
    }
}
