namespace VecStore.Analysis;

/// <summary>Cosines of all pairs of some directions under several inner products.</summary>
/// <param name="Names">The directions.</param>
/// <param name="Metrics">The inner products, in words.</param>
/// <param name="Cosines">For each inner product the matrix of cosines.</param>
/// <param name="Dimension">Elements of a direction.</param>
public sealed record DirectionComparison(IReadOnlyList<string> Names, IReadOnlyList<string> Metrics, IReadOnlyList<double[][]> Cosines, int Dimension) : IAnalysisResult
{
    string IAnalysisResult.Title => $"cosines of {Names.Count} directions";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts => [new("directions", Names), new("dimension", Dimension), new("deviation_by_chance", DeviationByChance)];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("cosines", new("metric", typeof(string)), new("first", typeof(string)), new("second", typeof(string)), new("cosine", typeof(double)));
            for (int m = 0; m < Metrics.Count; m++)
                for (int i = 0; i < Names.Count; i++)
                    for (int j = i + 1; j < Names.Count; j++) table.Add(Metrics[m], Names[i], Names[j], Cosines[m][i][j]);
            return [table];
        }
    }

    /// <summary>Standard deviation of the cosine of two independent directions drawn at random, 1 / sqrt(d): cosines of that size say nothing.</summary>
    public double DeviationByChance => 1 / Math.Sqrt(Dimension);

    /// <summary>Compares directions.</summary>
    /// <param name="directions">Names, and vectors in the space of the rows.</param>
    /// <param name="inners">The inner products.</param>
    public static DirectionComparison Of(IReadOnlyList<(string Name, double[] Vector)> directions, IReadOnlyList<InnerProduct> inners)
    {
        double[][] vectors = [.. directions.Select(direction => direction.Vector)];
        return new([.. directions.Select(direction => direction.Name)], [.. inners.Select(inner => inner.Description)],
            [.. inners.Select(inner => DirectionAlgebra.Cosines(vectors, inner))], vectors.Length > 0 ? vectors[0].Length : 0);
    }

    /// <summary>The matrix under one of the inner products as a picture.</summary>
    public HeatMap ToPlot(int metric = 0)
        => new("Cosines of directions", Names, Names, [.. Cosines[metric].SelectMany(row => row)]) { Note = Metrics[metric], ValueCaption = "cosine", Full = 1 };
}
