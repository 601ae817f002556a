namespace VecStore.Analysis.Tests.Store;

/// <summary>Neighbours, analogies, directions and spectra under each inner product and every restriction, on rows in a store, against sums written out.</summary>
public sealed class InnerProductTests : IDisposable
{
    private const int Count = 700, Dimension = 9;
    private readonly string folder = Directory.CreateTempSubdirectory("vecstore-analysis-").FullName;
    private readonly double[][] vectors;
    private readonly VectorStore store;
    private readonly Snapshot snapshot;

    public InnerProductTests()
    {
        SeededRandom random = new(4, "test");
        double[][] mixing = [.. Enumerable.Range(0, Dimension).Select(i => Enumerable.Range(0, Dimension).Select(j => (i == j ? 1 + i : 0) + 0.3 * random.NextGaussian()).ToArray())];
        vectors = [.. Enumerable.Range(0, Count).Select(_ =>
        {
            double[] x = [.. Enumerable.Range(0, Dimension).Select(_ => random.NextGaussian() + 0.4)];
            return mixing.Select(row => (double)(float)DoubleVectors.Dot(row, x)).ToArray();
        })];
        store = VectorStore.Open(folder, new() { CreateIfMissing = true });
        VectorCollection collection = store.Create("c", new(Dimension) { KeyKind = KeyKind.String, Fields = [new("n", FieldType.Int64)] });
        using (WriteBatch batch = collection.BeginWrite())
        {
            for (int i = 0; i < Count; i++) batch.Upsert($"k{i}", [.. vectors[i].Select(x => (float)x)], new() { ["n"] = (long)i });
            batch.Commit();
        }
        snapshot = collection.TakeSnapshot();
    }

    public void Dispose()
    {
        snapshot.Dispose();
        store.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>x^T (C + ridge mean(l) I)^-1 y by a linear system: no root, no eigenvectors.</summary>
    private double Causal(double[] x, double[] y, IEnumerable<int> population, double ridge)
    {
        double[][] rows = [.. population.Select(i => vectors[i])];
        var matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(Dimension, Dimension);
        double[] mean = [.. Enumerable.Range(0, Dimension).Select(k => rows.Average(row => row[k]))];
        for (int i = 0; i < Dimension; i++)
            for (int j = 0; j < Dimension; j++) matrix[i, j] = rows.Average(row => (row[i] - mean[i]) * (row[j] - mean[j]));
        double added = ridge * matrix.Trace() / Dimension;
        for (int i = 0; i < Dimension; i++) matrix[i, i] += added;
        return MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(x).DotProduct(matrix.Solve(MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(y)));
    }

    [Fact]
    public void Neighbours_and_analogies_are_those_of_the_causal_inner_product_of_the_population()
    {
        RowSelection population = new() { Filter = new FieldReference("n") >= 100 };
        InnerProduct inner = snapshot.WhitenedInnerProduct(population, ridge: 0.05);
        double Product(double[] x, double[] y) => Causal(x, y, Enumerable.Range(100, Count - 100), 0.05);
        double Cosine(double[] x, double[] y) => Product(x, y) / Math.Sqrt(Product(x, x) * Product(y, y));

        RowSelection candidates = new() { Keys = [.. Enumerable.Range(300, 60).Select(i => $"k{i}")] };
        IReadOnlyList<ScoredKey> near = snapshot.NearestTo("k7", new() { Count = 5, Inner = inner }, candidates);
        (int Row, double Cosine)[] expected = [.. Enumerable.Range(300, 60).Select(i => (i, Cosine(vectors[7], vectors[i]))).OrderByDescending(item => item.Item2).Take(5)];
        Assert.Equal(expected.Select(item => $"k{item.Row}"), near.Select(item => item.Key));
        for (int i = 0; i < 5; i++) Assert.Equal(expected[i].Cosine, near[i].Score, 1e-5);
        Assert.NotEqual(near.Select(item => item.Key), snapshot.NearestTo("k7", new() { Count = 5 }, candidates).Select(item => item.Key));

        // 3CosAdd over rows of length 1 in this inner product, by hand and by both ways to ask.
        double[] Unit(int i) => [.. vectors[i].Select(x => x / Math.Sqrt(Product(vectors[i], vectors[i])))];
        double[] target = [.. Enumerable.Range(0, Dimension).Select(k => Unit(302)[k] - Unit(301)[k] + Unit(303)[k])];
        string best = $"k{Enumerable.Range(304, 56).MaxBy(i => Cosine(target, vectors[i]))}";
        Assert.Equal(best, snapshot.SolveAnalogy("k301", "k302", "k303", new() { Inner = inner }, new() { Keys = [.. Enumerable.Range(301, 59).Select(i => $"k{i}")] }).Answers[0].Key);
        Assert.Equal(best, snapshot.Nearest(VectorExpression.Parse("k302 - k301 + k303"), new() { Inner = inner }, selection: new() { Keys = [.. Enumerable.Range(304, 56).Select(i => $"k{i}")] })[0].Key);
    }

    [Fact]
    public void Question_files_are_scored_under_it_as_single_questions_are()
    {
        InnerProduct inner = snapshot.WhitenedInnerProduct(ridge: 0.05);
        RowSelection selection = new() { First = 80 };
        SeededRandom random = new(8, "test");
        string[] questions = [.. Enumerable.Range(0, 40).Select(_ => string.Join(' ', random.Choose(4, 80).Select(i => $"k{i}")))];
        string file = Path.Combine(folder, "questions.txt");
        File.WriteAllText(file, ": all\n" + string.Join('\n', questions) + "\n");
        AnalogySectionResult total = snapshot.EvaluateAnalogies(AnalogyQuestionFile.Read(file), new() { Inner = inner, TopK = 10 }, selection).Total;
        Assert.Equal(40, total.InVocabulary);
        int found = questions.Select(line => line.Split(' ')).Count(words =>
            snapshot.SolveAnalogy(words[0], words[1], words[2], new() { Inner = inner, Count = 10 }, selection).Answers.Any(answer => answer.Key == words[3]));
        Assert.Equal(found, total[AnalogyMethod.ThreeCosAdd].CorrectInTopK);
        Assert.InRange(found, 1, 39);
        Assert.NotEqual(found, snapshot.EvaluateAnalogies(AnalogyQuestionFile.Read(file), new() { TopK = 10 }, selection).Total[AnalogyMethod.ThreeCosAdd].CorrectInTopK);
    }

    [Fact]
    public void Spectra_components_directions_and_projections_take_it_too()
    {
        InnerProduct inner = snapshot.WhitenedInnerProduct(ridge: 0);
        SpectrumReport white = snapshot.Spectrum(new() { FirstRank = 1, LastRank = 8, Inner = inner, BootstrapDraws = 0, ControlDraws = 1 });
        Assert.All(white.Spectrum.Eigenvalues, value => Assert.Equal(Count / (Count - 1.0), value, 1e-4)); // the population's own covariance becomes the identity
        Assert.Equal(inner.Description, white.InnerProduct);
        Assert.True(snapshot.Spectrum(new() { FirstRank = 1, LastRank = 8, BootstrapDraws = 0, ControlDraws = 1 }).Spectrum.ParticipationRatio < 7);
        SpectrumReport unit = snapshot.Spectrum(new() { FirstRank = 1, LastRank = 8, Inner = InnerProduct.Cosine, BootstrapDraws = 0, ControlDraws = 1 });
        Assert.Equal(snapshot.PrincipalComponents(inner: InnerProduct.Cosine).Variances, unit.Spectrum.Eigenvalues);

        (string, string)[] pairs = [("k0", "k1"), ("k2", "k3"), ("k4", "k5"), ("k6", "k7")];
        double[] direction = snapshot.LearnDirection(pairs, new() { NullDraws = 9, BootstrapDraws = 2 }, inner).Vector;
        double[] mean = [.. Enumerable.Range(0, Dimension).Select(k => Enumerable.Range(0, 4).Average(p => vectors[2 * p + 1][k] - vectors[2 * p][k]))];
        double[] back = inner.Restore(direction);
        Assert.Equal(1, DoubleVectors.Cosine(mean, back), 1e-9);
        ProjectionResult projected = snapshot.Project(direction, new() { Extremes = 3 }, new() { First = 200 }, inner: inner);
        double Along(int i) => Causal(back, vectors[i], Enumerable.Range(0, Count), 0);
        Assert.Equal(200, projected.RowsSeen);
        Assert.Equal(Enumerable.Range(0, 200).MaxBy(Along), projected.Top[0].Row);
        Assert.Equal(Enumerable.Range(0, 200).Max(Along), projected.Top[0].Projection, 1e-4);
    }

    [Fact]
    public void Coordinates_come_row_by_row_with_their_keys()
    {
        PrincipalComponents components = snapshot.PrincipalComponents(3);
        RowSelection some = new() { Filter = new FieldReference("n") >= 400 };
        RowCoordinates[] all = [.. snapshot.Coordinates(components, some)];
        Assert.Equal(300, all.Length);
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal($"k{400 + i}", all[i].Key);
            double[] centred = DoubleVectors.Subtract(vectors[400 + i], components.Mean);
            for (int c = 0; c < 3; c++) Assert.Equal(DoubleVectors.Dot(components.Components[c], centred), all[i].Coordinates[c], 1e-9);
        }
    }
}
